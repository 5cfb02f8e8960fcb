"""What the console holds about people: the registry of models for the subject-access export.

    register_holding("classes.Leave", found_by=("person",), actors=("answered_by", "by"), resource="leave")
    register_exclusion("audit.PersonKey", _("A key, which says nothing about the person."))

An app registers each of its models that has a relation to a person, a personal column or a JSON column, or
says why the export leaves it out; otherwise `tests/accounts/people/subject_access/test_held_data.py` fails.
All columns of a registered model are exported, so a new column needs no line; keys, secrets and files are
never among them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from console.policy.rules import role_of, scope_of
from console.policy.table import Scope
from console.vault.fields import SealedField

#: Stands for the person in references; other people are named by their role only.
THE_PERSON = "self"
#: Columns of base classes that say nothing about a person.
TECHNICAL_COLUMNS = frozenset(
    (
        *("enterprise", "seal_id", "sort_name", "search_name", "digest", "md5", "ticket"),
        *("look_at", "looked_at", "look_failures", "look_owner", "look_until", "look_fence"),
        *("sync_state", "sync_reason", "made_outside", "observed_at", "observed"),
    )
)
#: Keys of bodies of iclass whose values let somebody in.
SECRET_KEYS = frozenset(("user_token", "user_sig", "password", "token"))
PERSON_MODEL = settings.AUTH_USER_MODEL


class Subject(NamedTuple):
    """The person of an export, and its reader, whose rights decide what it may hold."""

    person: Any
    reader: Any

    @property
    def is_own(self) -> bool:
        """Whether people read their own data."""
        return bool(self.reader.pk == self.person.pk)


class HeldFile(NamedTuple):
    """A file of a row; rows may share what is `stored`. `read` returns None if it is gone."""

    name: str
    stored: str
    size: int
    read: Callable[[], bytes | None]


Value = Callable[[Any, Subject], Any]


@dataclass(frozen=True)
class Holding:
    """A model with data about people.

    `found_by` are the columns by which the rows of a person are found; `rows(person)` replaces the search
    where they are not relations. `actors` are relations to those who decided or entered something: the audit
    entries of these people record it, so their own export does not repeat the row. `without` names columns
    that are left out, `values` functions that reduce a column to what concerns the person, or add one; a JSON
    column is in one of them. Only readers who may list `resource` get the rows. Where they may list their own
    only, the copy of themselves has the rows if `own`: a teacher who was a student here may list the notes
    and warnings of students in their charge, not those about themselves. `files(row)` returns its files.
    """

    model: str
    found_by: tuple[str, ...]
    actors: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    resource: str = "person"
    action: str = "list"
    own: bool = False
    rows: Callable[[Any], QuerySet[Any]] | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    labels: Mapping[str, str | Promise] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    read: Callable[[list[Any], Subject], list[dict[str, Any]]] | None = None
    files: Callable[[Any], Iterable[HeldFile]] | None = None

    @property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def title(self) -> str | Promise:
        return self.labels.get("", self.model_class._meta.verbose_name_plural or self.model)

    def is_readable(self, subject: Subject) -> bool:
        """Whether the reader may have these rows; people have their own as far as pages show them."""
        if subject.is_own and self.resource == "person":
            return True
        scope = scope_of(subject.reader, self.action, self.resource)
        return scope != Scope.NONE and (self.own or scope != Scope.OWN or not subject.is_own)

    def rows_of(self, person: Any) -> QuerySet[Any]:
        """Return the rows about a person, the newest first."""
        if self.rows is not None:
            found = self.rows(person)
        else:
            match = Q()
            for name in self.found_by:
                match |= Q(**{name: person.pk})
            found = self.model_class._base_manager.filter(match)
        return found.select_related(*self._references(), *self.related).order_by("-pk")

    def read_rows(self, rows: list[Any], subject: Subject) -> list[dict[str, Any]]:
        """Return rows as values by name that can be written as JSON."""
        if self.read is not None:
            return self.read(rows, subject)
        return [
            {name: self._value(row, name, subject) for name in ("pk", *self.columns(), *self._additions())}
            for row in rows
        ]

    def columns(self) -> list[str]:
        """Return the exported columns of the model."""
        left_out = {*self.without, *self.found_by} - self.values.keys()
        return [one.name for one in self._fields() if one.name not in left_out]

    def label_of(self, name: str) -> str | Promise:
        """Return the heading of a column."""
        if name in self.labels:
            return self.labels[name]
        by_name = {one.name: one for one in self.model_class._meta.concrete_fields}
        return by_name[name].verbose_name if name in by_name else name

    def _fields(self) -> list[Any]:
        hidden = (SealedField, models.BinaryField, models.FileField)
        return [
            one
            for one in self.model_class._meta.concrete_fields
            if one.name in self.values
            or not (one.primary_key or one.name in TECHNICAL_COLUMNS or isinstance(one, hidden))
        ]

    def _additions(self) -> list[str]:
        stored = {one.name for one in self.model_class._meta.concrete_fields}
        return [name for name in self.values if name not in stored]

    def _references(self) -> list[str]:
        columns = set(self.columns())
        return [one.name for one in self._fields() if one.is_relation and one.name in columns]

    def _value(self, row: Any, name: str, subject: Subject) -> Any:
        if name in self.values:
            return self.values[name](row, subject)
        value = getattr(row, name)
        return reference(value, subject.person) if isinstance(value, models.Model) else value


_holdings: dict[str, Holding] = {}
_exclusions: dict[str, str | Promise] = {}


def register_holding(model: str, found_by: Collection[str], **options: Any) -> None:
    """Register a model; the options are the fields of Holding."""
    _holdings[model] = Holding(model, tuple(found_by), **options)


def register_exclusion(model: str, reason: str | Promise) -> None:
    """Register why the export leaves a model out. The export says so."""
    _exclusions[model] = reason


def holdings() -> list[Holding]:
    """Return all registered models: people first, then by app, in the order of registration."""
    return sorted(_holdings.values(), key=lambda one: (one.model != PERSON_MODEL, one.model.split(".")[0]))


def holding_of(model: str) -> Holding:
    return _holdings[model]


def exclusions() -> dict[str, str | Promise]:
    """Return the reasons by model."""
    return dict(_exclusions)


def reference(row: models.Model, person: Any) -> str:
    """Return a label of a row that another one refers to; of other people only the role."""
    if row._meta.label == PERSON_MODEL:
        return THE_PERSON if row.pk == person.pk else role_of(row) or str(getattr(row, "role", ""))
    return str(getattr(row, "audit_label", None) or row)


def facts_about(value: Any, user_id: str) -> list[dict[str, Any]]:
    """Return the plain values of each JSON object with this user ID, at any depth; nothing about others.

    Tokens are left out, and links, which everybody can open who has them.
    """
    if isinstance(value, list):
        return [found for item in value for found in facts_about(item, user_id)]
    if not isinstance(value, dict):
        return []
    plain = {
        name: item
        for name, item in value.items()
        if not isinstance(item, list | dict) and name not in SECRET_KEYS and not name.endswith("_url")
    }
    own = [plain] if value.get("user_id") == user_id else []
    return own + [found for item in value.values() for found in facts_about(item, user_id)]
