"""Base model of rows that are mirrored at the service."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.db import connections, models
from django.utils.translation import gettext_lazy as _

from console.outbox.reasons import ReasonText, reason_text
from console.outbox.states import SyncState


class UnsafeSave(TypeError):
    """Raised for a save that could overwrite newer values with old ones: a programming error."""


class Mirrored(models.Model):
    """A row that has a counterpart at the service.

    The model's columns hold the state that the school requests. `observed` (by field name of the console) is
    what the service last returned, at `observed_at`. `sync_state` and `sync_reason` repeat the state of the
    row's open or newest operation, written in the same transaction, so that lists need no join.

    Saving a stored row requires `update_fields`, so that a value read before a lock never overwrites a newer
    one. Only `save_mirrored` writes `MIRROR_COLUMNS`, and services never call it.
    """

    #: Columns that only the service decides; a model adds more.
    MIRROR_COLUMNS: ClassVar[frozenset[str]] = frozenset(
        {"remote_id", "observed", "observed_at", "sync_state", "sync_reason", "made_outside"}
    )

    remote_id = models.CharField(_("ID at iclass"), max_length=64, blank=True, editable=False)
    observed = models.JSONField(_("values at iclass"), default=dict, editable=False)
    observed_at = models.DateTimeField(_("last checked at iclass"), null=True, editable=False)
    sync_state = models.CharField(
        _("state at iclass"),
        max_length=16,
        choices=SyncState.choices,
        default=SyncState.LOCAL,
        editable=False,
    )
    sync_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    made_outside = models.BooleanField(_("created outside the console"), default=False, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Insert the row, or write the columns in `update_fields` of a stored one.

        Raise UnsafeSave if a stored row is saved without `update_fields`, or with one of MIRROR_COLUMNS.
        """
        if not self._state.adding:
            names = _named_columns(self, update_fields)
            if mirror_columns := sorted(self.MIRROR_COLUMNS & set(names)):
                columns = ", ".join(mirror_columns)
                raise UnsafeSave(f"Only the mirror writes {columns}: use save_mirrored() there.")
        super().save(*args, update_fields=update_fields, **kwargs)

    def save_mirrored(self, update_fields: Collection[str]) -> None:
        """Save what the service returned. For the mirror, and for recording the answer to an operation."""
        super().save(update_fields=update_fields)

    def forget_remote(self, *also: str) -> None:
        """Clear the remote ID, so that the row is created at the service again. Call it in a transaction.

        `also` are further columns that the caller has cleared. A trigger refuses any other change of a
        `remote_id` that is set, because the row would be created twice.
        """
        self.remote_id, self.observed = "", {}
        with connections[self._state.db or "default"].cursor() as cursor:
            cursor.execute("SELECT set_config('console.forget_remote', 'on', true)")
            self.save_mirrored(["remote_id", "observed", *also])
            cursor.execute("SELECT set_config('console.forget_remote', '', true)")

    @property
    def sync_reason_text(self) -> ReasonText | None:
        """Return why the row is not in sync and what to do next, in the user's language."""
        return reason_text(self.sync_reason) if self.sync_reason else None


def _named_columns(row: models.Model, update_fields: Iterable[str] | None) -> Collection[str]:
    if update_fields is None:
        raise UnsafeSave(f"Name the columns of a stored {row._meta.verbose_name}: save(update_fields=[…]).")
    return list(update_fields)
