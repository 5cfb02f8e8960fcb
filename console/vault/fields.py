"""SealedField: a text column that is encrypted before it reaches the database.

Assign a str or a Secret; read a Secret or None. `.values()`, raw SQL, fixtures and dumps contain ciphertext.
The value is bound to table, column, school and the row's `seal_id`, so that it opens in its own row only.
Hence two limits: `QuerySet.update()` cannot seal (assign and save, or use `row.seal()` and `bulk_update`),
and an upsert (`bulk_create(update_conflicts=True)`) must leave out sealed columns, because the row keeps its
old `seal_id`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.forms import Field as FormField
from django.utils.translation import gettext_lazy as _

from console.vault import keyring
from console.vault.forms import SecretField
from console.vault.keyring import SealedLocation, VaultError
from console.vault.secret import Secret

HINT = "Let the model inherit console.vault.models.Sealed."

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field


class Ciphertext(str):
    """Ciphertext, as distinct from an assigned clear text."""

    __slots__ = ()


class SealedFieldDescriptor:
    """The attribute on the model: keeps ciphertext in the row and returns secrets."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            self._fetch(row, owner)
        value = row.__dict__[self.field.attname]
        return (
            Secret.from_sealed(value, self.field.sealed_location(row))
            if isinstance(value, Ciphertext)
            else value
        )

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = self.field.kept(row, value)

    def _fetch(self, row: models.Model, owner: type[models.Model]) -> None:
        """Load a deferred value as ciphertext; refresh_from_db() would assign it as a secret."""
        rows = owner._base_manager.using(row._state.db).filter(pk=row.pk)
        row.__dict__[self.field.attname] = rows.values_list(self.field.attname, flat=True).get()


class SealedField(AnyField):
    """A text sealed at rest; an empty text is stored as NULL if the column allows it, else as ''."""

    description = _("Encrypted text")

    def get_internal_type(self) -> str:
        return "TextField"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, SealedFieldDescriptor(self))

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        problems = super().check(**kwargs)
        if not hasattr(self.model, "sealed_for"):
            text = f"{self.model.__name__} holds a sealed field but does not inherit Sealed."
            problems.append(checks.Error(text, HINT, self, "vault.E002"))
        return problems

    def sealed_location(self, row: Any) -> Callable[[], SealedLocation]:
        """Return the location of a row's value, evaluated late: the school may be set after the value."""
        return lambda: SealedLocation(
            self.model._meta.db_table, str(self.column), row.sealed_for(), str(row.seal_id)
        )

    def kept(self, row: models.Model, value: Any) -> Any:
        """Return what the row keeps of an assigned value: its ciphertext, a Secret to seal, or None."""
        if not value or isinstance(value, Ciphertext):
            return value or None
        if isinstance(value, str):
            return Secret(value)
        if not isinstance(value, Secret):
            raise TypeError(f"{self.name} takes a str or a Secret, not {type(value).__name__}.")
        if value.sealed is None:
            return value
        table, column, _school, seal_id = value.place
        own = (table, column, seal_id) == (
            self.model._meta.db_table,
            self.column,
            str(row.__dict__.get("seal_id")),
        )
        return Ciphertext(value.sealed) if own else Secret(value.reveal())

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the ciphertext to store. Values are sealed only now, when school and seal_id are known."""
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Secret):
            value = (
                Ciphertext(keyring.seal(value.reveal().encode(), self.sealed_location(model_instance)()))
                if value
                else None
            )
            model_instance.__dict__[self.attname] = value
        return value

    def reseal_value(self, row: models.Model, sealed: str) -> Ciphertext:
        """Seal the value with the newest key; the time when it was set is kept."""
        place = self.sealed_location(row)()
        chosen = keyring.set_at(sealed)
        clear = keyring.unseal(sealed, place)
        return Ciphertext(keyring.seal(clear, place, set_at=int(chosen.timestamp()) if chosen else None))

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Secret) and value.sealed:
            value = Ciphertext(value.sealed)
        if value is None or value == "":
            return None if self.null else ""
        if isinstance(value, Ciphertext):
            return str(value)
        raise VaultError(f"{self.name} is sealed in its row: assign it and save() the row.")

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return Ciphertext(value) if value else None

    def to_python(self, value: Any) -> Any:
        """Recognise ciphertext from a fixture; other values are as assigned."""
        return Ciphertext(value) if isinstance(value, str) and keyring.is_sealed(value) else value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.pre_save(obj, add=False) or "")

    def get_lookup(self, lookup: str) -> Any:
        if lookup != "isnull":
            raise FieldError(f"{self.name} is sealed: it can be asked whether it is set, not what it is.")
        return super().get_lookup(lookup)

    def get_transform(self, lookup: str) -> Any:
        return None

    def formfield(self, **kwargs: Any) -> FormField | None:
        kwargs.pop("widget", None)
        return super().formfield(**{"form_class": SecretField, **kwargs})
