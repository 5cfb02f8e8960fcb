from typing import Any
from uuid import uuid4

from django.db import models

from console.vault.fields import SealedField


class Sealed(models.Model):
    """A row with sealed fields. Its `seal_id` is set before the insert and never changes."""

    seal_id = models.UUIDField(default=uuid4, editable=False, unique=True)

    class Meta:
        abstract = True

    def sealed_for(self) -> str:
        """Return the school that the values belong to; it must not change during the life of the row."""
        row: Any = self  # the subclasses have the column
        return str(row.enterprise_id)

    def seal(self) -> None:
        """Seal the assigned values, so that `bulk_update` can store them."""
        for field in sealed_fields(type(self)):
            field.pre_save(self, add=False)


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
