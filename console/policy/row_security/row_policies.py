"""The SQL condition by which each table belongs to a school, and the rights of the web role on it.

A table with a foreign key to the school belongs to it; any other belongs to the target of its first required
foreign key. So a new model needs no entry here, unless it belongs to no school: then its app registers it as
shared, or requests cannot access it. Apps register exceptions in `AppConfig.ready()` or in a module that it
imports:
    register_table("classes.MembershipNotice", rights="SELECT")
"""

from typing import Any, NamedTuple

from django.db.models import ForeignKey, Model

SCHOOL = "accounts.Enterprise"
ALL_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


class TableRule(NamedTuple):
    """How a table differs from the others; see `register_table`."""

    rights: str = ALL_RIGHTS
    is_shared: bool = False
    extra_rows: str = ""
    extra_readable: str = ""


_rules: dict[str, TableRule] = {}
_DEFAULT = TableRule()


def register_table(
    model_label: str,
    *,
    rights: str = ALL_RIGHTS,
    is_shared: bool = False,
    extra_rows: str = "",
    extra_readable: str = "",
) -> None:
    """Register a model ("classes.Leave") whose table is not simply the school's, with all rights of requests.

    rights: those of requests, where they are fewer: on tables that the worker writes, and append-only ones.
    is_shared: the table belongs to no school, and requests see all of its rows.
    extra_rows: SQL that is true for rows besides those of the school; `{t}` is the table.
    extra_readable: the same for rows that may only be read.
    """
    _rules[model_label] = TableRule(rights, is_shared, extra_rows, extra_readable)


def registered_tables() -> dict[str, TableRule]:
    """Return the exceptions by model label."""
    return dict(_rules)


class RowPolicy(NamedTuple):
    """The rights of the web role on a table, and the rows that it may access (all if `rows` is empty)."""

    table: str
    rights: str
    rows: str = ""
    written: str = ""
    extra_readable: str = ""


def row_policy_for(model: type[Model]) -> RowPolicy | None:
    """Return the policy of a model's table; None if requests have no right to it."""
    rule, table = _rules.get(model._meta.label, _DEFAULT), model._meta.db_table
    if rule.is_shared:
        return RowPolicy(table, rule.rights)
    rows = school_condition(model, table)
    if not rows:
        return None
    return RowPolicy(
        table,
        rule.rights,
        rows,
        _condition_of_both(model, table) or rows,
        rule.extra_readable.format(t=table),
    )


def school_condition(model: type[Model], table: str) -> str:
    """Return SQL that is true for the rows of the current school; empty if the table has none."""
    own = _own_condition(model, table)
    extra = _rules.get(model._meta.label, _DEFAULT).extra_rows.format(t=table)
    return f"({own} OR ({extra}))" if own and extra else own


def _own_condition(model: type[Model], table: str) -> str:
    if model._meta.label == SCHOOL:
        return f"{table}.id = console_school()"
    keys = _keys(model)
    for key in keys:
        if _label(key) == SCHOOL:
            return f"{table}.{key.column} = console_school()"
    parents = [key for key in keys if not key.null and (key.primary_key or _label(key) != model._meta.label)]
    return next((found for key in parents if (found := _condition_through(key, table))), "")


def _condition_through(key: "ForeignKey[Any, Any]", table: str) -> str:
    """Return SQL that is true where the row that the key references belongs to the school."""
    parent: Any = key.related_model
    alias = f"{table}_{key.column}"[-60:]
    of_parent = school_condition(parent, alias)
    if not of_parent:
        return ""
    return (
        f"EXISTS (SELECT 1 FROM {parent._meta.db_table} {alias}"
        f" WHERE {alias}.{parent._meta.pk.column} = {table}.{key.column} AND {of_parent})"
    )


def _condition_of_both(model: type[Model], table: str) -> str:
    """Return the condition for writing a many-to-many row: both sides belong to the school."""
    if not model._meta.auto_created:
        return ""
    return " AND ".join(filter(None, (_condition_through(key, table) for key in _keys(model))))


def _keys(model: type[Model]) -> "list[ForeignKey[Any, Any]]":
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _label(key: "ForeignKey[Any, Any]") -> str:
    parent: Any = key.related_model
    return str(parent._meta.label)
