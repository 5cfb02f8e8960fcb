from uuid import uuid4

from django.db import models

from console.vault.fields import SealedField


class Sealed(models.Model):
    """A row with sealed fields. Its `seal_id` is known before the insert and never changes."""

    seal_id = models.UUIDField(default=uuid4, editable=False, unique=True)

    class Meta:
        abstract = True

    def sealed_for(self) -> str:
        """The school that the values belong to; it must not change while the row lives."""
        return str(self.enterprise_id)  # type: ignore[attr-defined]

    def seal(self) -> None:
        """Seal what was assigned, so that `bulk_update` can store it."""
        for field in sealed_fields(type(self)):
            field.pre_save(self, add=False)


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
