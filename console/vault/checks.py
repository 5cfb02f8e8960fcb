from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from console.vault.keyring import VaultError, sealing_keys


def check_field_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """vault.E001: with these keys no stored secret can be read or written."""
    try:
        sealing_keys()
    except VaultError as error:
        return [Error(str(error), hint=HINT, id="vault.E001")]
    return []


HINT = (
    "Make a key with: python -c "
    '"import base64, os; print(base64.b64encode(os.urandom(32)).decode())" '
    "and put it first in FIELD_KEYS."
)
