"""How each table knows its school, as a condition in SQL, and what the role of the web may do with it.

A table with a foreign key to the school belongs to it; one without belongs to what its first required foreign
key names. So a new model of an app needs no line here, unless it belongs to no school: then it stands in
SHARED, or a request cannot touch it.
"""

from typing import Any, NamedTuple

from django.db.models import ForeignKey, Model

SCHOOL, PERSON = "accounts.Enterprise", "accounts.User"
ALL = "SELECT, INSERT, UPDATE, DELETE"

#: Tables of no school, and what a request may do with them.
SHARED = {
    "sessions.Session": ALL,
    "accounts.Guesses": ALL,
    "contenttypes.ContentType": "SELECT",
    "outbox.Pulse": "SELECT",
    "socialaccount.SocialApp": "SELECT",
}

#: Less than all, where a request has no business with more: what the worker writes, and what stays as it is.
LESS = {
    "accounts.Enterprise": "SELECT, INSERT, UPDATE",
    "accounts.User": "SELECT, INSERT, UPDATE",
    "audit.AuditEntry": "SELECT, INSERT",
    "audit.Link": "SELECT",
    "audit.Seen": "SELECT, INSERT",
    "audit.PersonKey": "SELECT, INSERT, UPDATE",
    "classes.Observation": "SELECT",
    "classes.Samples": "SELECT",
    "classes.Seat": "SELECT",
    "classes.Streak": "SELECT",
    "classes.Tally": "SELECT",
    "classes.Correction": "SELECT, INSERT",
    "classes.Register": "SELECT, INSERT, UPDATE",
    "outbox.Attempt": "SELECT",
}

#: Rows besides those of the school. `{t}` is the table. An operator outside of every school sees the schools,
#: and only the errands and the trail that come of adding and changing those.
BESIDES = {
    "accounts.Enterprise": "console_operator()",
    "accounts.User": "{t}.id = console_user()",
    "accounts.Visit": "{t}.operator_id = console_user()",
    "audit.AuditEntry": "console_operator() AND {t}.actor_id = console_user()",
    "outbox.Gate": "console_operator()",
    "outbox.Operation": "console_operator() AND {t}.subject_type = 'accounts.enterprise'",
}

#: Rows that may be read besides: operators are named on the trail of the schools where they acted.
READ_BESIDES = {"accounts.User": "{t}.enterprise_id IS NULL AND console_acted_here({t}.id)"}


class Rule(NamedTuple):
    """What the role of the web may do with a table, and with which rows (all where `rows` is empty)."""

    table: str
    rights: str
    rows: str = ""
    written: str = ""
    read_besides: str = ""


def rule_of(model: type[Model]) -> Rule | None:
    """The rule of a model's table; None where a request has no right to it at all."""
    label, table = model._meta.label, model._meta.db_table
    if label in SHARED:
        return Rule(table, SHARED[label])
    rows = condition(model, table)
    if not rows:
        return None
    besides = READ_BESIDES.get(label, "").format(t=table)
    return Rule(table, LESS.get(label, ALL), rows, _both_sides(model, table) or rows, besides)


def condition(model: type[Model], table: str) -> str:
    """SQL that is true of the rows of the school that the request stands in; empty where none are."""
    label = model._meta.label
    own = _of_school(model, table)
    besides = BESIDES.get(label, "").format(t=table)
    return f"({own} OR ({besides}))" if own and besides else own


def _of_school(model: type[Model], table: str) -> str:
    if model._meta.label == SCHOOL:
        return f"{table}.id = console_school()"
    keys = _keys(model)
    for key in keys:
        if _label(key) == SCHOOL:
            return f"{table}.{key.column} = console_school()"
    parents = [key for key in keys if not key.null and (key.primary_key or _label(key) != model._meta.label)]
    return next((found for key in parents if (found := _through(key, table))), "")


def _through(key: "ForeignKey[Any, Any]", table: str) -> str:
    """True where the row that the key names is one of the school's."""
    parent: Any = key.related_model
    alias = f"{table}_{key.column}"[-60:]
    of_parent = condition(parent, alias)
    if not of_parent:
        return ""
    return (
        f"EXISTS (SELECT 1 FROM {parent._meta.db_table} {alias}"
        f" WHERE {alias}.{parent._meta.pk.column} = {table}.{key.column} AND {of_parent})"
    )


def _both_sides(model: type[Model], table: str) -> str:
    """A row that joins two things is written only where both are of the school."""
    if not model._meta.auto_created:
        return ""
    return " AND ".join(filter(None, (_through(key, table) for key in _keys(model))))


def _keys(model: type[Model]) -> "list[ForeignKey[Any, Any]]":
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _label(key: "ForeignKey[Any, Any]") -> str:
    parent: Any = key.related_model
    return str(parent._meta.label)
