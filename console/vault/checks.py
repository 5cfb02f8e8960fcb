from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from console.vault.errors import VaultError
from console.vault.ring import keys


def field_keys_are_usable(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """vault.E001: no stored secret could be read or written with these keys."""
    try:
        keys()
    except VaultError as problem:
        return [Error(str(problem), hint=HINT, id="vault.E001")]
    return []


HINT = (
    "Make a key with: python -c "
    '"import base64, os; print(base64.b64encode(os.urandom(32)).decode())" '
    "and put it first in FIELD_KEYS."
)
