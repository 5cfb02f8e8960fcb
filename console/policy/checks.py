from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from console.policy.rules import unregistered


def every_resource_is_registered(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """policy.E001: a question about one row of this resource could not be answered."""
    hint = "Call console.policy.register() in the AppConfig.ready() of the app that has the model."
    return [
        Error(f"The policy table knows {resource!r}, but no app has registered it.", hint, id="policy.E001")
        for resource in unregistered()
    ]
