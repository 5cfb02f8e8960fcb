"""Who may do what: one table, and the functions that everything asks. See `table` and `rules`."""

from console.policy.rules import (
    current_school,
    fields,
    in_school,
    may,
    refusal,
    register,
    role_of,
    scope_of,
    scoped,
    shown,
)
from console.policy.table import Scope, Sight

__all__ = [
    "Scope",
    "Sight",
    "current_school",
    "fields",
    "in_school",
    "may",
    "refusal",
    "register",
    "role_of",
    "scope_of",
    "scoped",
    "shown",
]
