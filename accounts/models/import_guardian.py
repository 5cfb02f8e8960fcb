"""What an import of people did to guardians, kept for its undo."""

from django.db import models

from accounts.models.guardian import Guardian
from accounts.models.imports import PeopleImportRow
from console.vault.fields import SealedField
from console.vault.models import Sealed


class PeopleImportGuardian(Sealed):
    """A guardian that a row of an import added or changed; it goes with the row, and with the guardian.

    `before` is encrypted JSON of what was stored, empty for a guardian who was added. `digest` is a keyed
    digest of what the import stored, by which an undo notices a later change.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+", db_index=False)
    row = models.ForeignKey(PeopleImportRow, models.CASCADE, related_name="guardians")
    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    before = SealedField(null=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "guardian of an import row"
        verbose_name_plural = "guardians of import rows"
        constraints = [models.UniqueConstraint(fields=["row", "guardian"], name="import_guardian_once_a_row")]

    def __str__(self) -> str:
        return f"{self.row_id}: {self.guardian_id}"
