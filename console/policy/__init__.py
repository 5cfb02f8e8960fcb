"""Access policy: one table of rights, and the functions that query it. See `table` and `rules`."""

from console.policy.field_table import FieldVisibility
from console.policy.rules import (
    current_school,
    field_action,
    field_visibility,
    in_school,
    may,
    refusal_message,
    register,
    role_of,
    scope_of,
    scoped,
    visible_value,
)
from console.policy.table import Scope

__all__ = [
    "FieldVisibility",
    "Scope",
    "current_school",
    "field_action",
    "field_visibility",
    "in_school",
    "may",
    "refusal_message",
    "register",
    "role_of",
    "scope_of",
    "scoped",
    "visible_value",
]
