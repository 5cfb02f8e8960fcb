from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from console.policy.rows.roles import role, wanting
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


def the_role_of_the_web_is_there(*, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """policy.E002: requests could not take on their role, or it would see every school."""
    if not databases or "default" not in databases or not (statement := wanting()):
        return []
    hint = f"As an administrator of the database run: {statement} Then run manage.py migrate."
    return [Error(f"Requests need the database role {role()} and cannot have it.", hint, id="policy.E002")]
