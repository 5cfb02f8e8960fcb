"""Steps of an import: check, apply and undo. Small files are handled in the request, large ones by a job."""

from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from console.concurrency import Conflict, DatabaseBusy, lock_row, service, value_digest
from console.failpoints import point
from console.imports.import_type import ImportOutdated, ImportType
from console.imports.models import FileImport
from console.imports.uploads import create_import
from console.jobs.models import Job
from console.jobs.runner import enqueue_job

APPLIED = point("imports.applied", "all of an import is written, its transaction not committed")
MAX_REASON_LENGTH = 300
State = FileImport.State


@transaction.atomic
def receive_file(import_type: ImportType, *, file: IO[bytes], filename: str, by: Any) -> Any:
    """Create an import, and check it if the headings identify the columns.

    Raise ValidationError if the file cannot be read.
    """
    source = import_type.create_import(file=file, filename=filename, by=by)
    if source is None:
        source = create_import(import_type, file=file, filename=filename, by=by)
    if import_type.checks_upload_of(source):
        start_check(import_type, source, by=by)
        source.refresh_from_db()
    return source


@service
def start_check(import_type: ImportType, source: Any, *, by: Any) -> Job | None:
    """Check all rows by the columns and options of `source`, or return the job that does.

    Raise Conflict if the import is being applied, or was.
    """
    stored = _lock_import(source, State.UPLOADED, State.CHECKED)
    stored.columns, stored.options = source.columns, source.options
    if not import_type.check_needs_job(stored):
        check_import(import_type, stored)
        return None
    total = import_type.job_total(stored)
    _mark_checking(stored)
    return _start_job(import_type.check_job, stored, by, total)


def check_import(import_type: ImportType, source: Any) -> None:
    """Check all rows; the import is `checked` afterwards."""
    _mark_checking(source)
    after = 0
    while last := import_type.check_next_rows(source, after):
        after = last


def _mark_checking(source: Any) -> None:
    source.state, source.counts = State.CHECKING, {}
    source.save(update_fields=["state", "counts", "columns", "options"])


def preview_digest(source: Any) -> str:
    """Return the digest of what the preview of a checked import shows; another check changes it."""
    return value_digest([source.columns, source.options, source.counts])


def start_apply(
    import_type: ImportType, source: Any, *, by: Any, reason: str = "", seen: str = ""
) -> Job | None:
    """Apply a checked import, or return the job that does. Raise what `apply_import` does."""
    reason = reason.strip()[:MAX_REASON_LENGTH]
    if not import_type.apply_needs_job(source):
        apply_import(import_type, source=source, by=by, reason=reason, seen=seen)
        return None
    import_type.check_conflicts(source, reason)
    return _enqueue_apply(import_type, source, by, reason, seen)


@service
def _enqueue_apply(import_type: ImportType, source: Any, by: Any, reason: str, seen: str) -> Job:
    """Mark the import, under a lock, so that only one job applies it."""
    stored = _lock_import(source, State.CHECKED)
    _require_seen(stored, seen)
    stored.state = State.APPLYING
    setattr(stored, import_type.reason_field, reason)
    stored.save(update_fields=["state", import_type.reason_field])
    return _start_job(import_type.apply_job, stored, by, import_type.job_total(stored))


def apply_import(import_type: ImportType, *, source: Any, by: Any, reason: str = "", seen: str = "") -> Any:
    """Apply the import as previewed, and start the job that follows the push. Return the import.

    If the school changed since the check, write nothing, check the import again and raise ImportOutdated, so
    that the user reviews the new preview. Raise Conflict if the import is not checked or `seen`, the
    `preview_digest` of the page, is not that of the import, and what `ImportType.check_conflicts` raises.
    """
    try:
        return _apply_locked(import_type, source, by, reason.strip()[:MAX_REASON_LENGTH], seen)
    except (ImportOutdated, IntegrityError, DatabaseBusy) as error:
        if isinstance(error, DatabaseBusy) and not isinstance(error.__cause__, IntegrityError):
            raise  # another transaction held the locks, but changed nothing
        _check_again(import_type, source)
        raise ImportOutdated from None


@service
def _apply_locked(import_type: ImportType, source: Any, by: Any, reason: str, seen: str) -> Any:
    stored = _lock_import(source, State.CHECKED, State.APPLYING)
    _require_seen(stored, seen)
    total = import_type.write(stored, by=by, reason=reason)
    _start_job(import_type.push_job, stored, by, total)
    stored.state, stored.applied_at = State.APPLIED, timezone.now()
    setattr(stored, import_type.reason_field, reason)
    stored.save(update_fields=["state", "applied_at", import_type.reason_field])
    APPLIED.hit()
    return stored


def _require_seen(stored: Any, seen: str) -> None:
    if seen and seen != preview_digest(stored):
        raise Conflict(
            _("Someone checked this file differently in the meantime. Nothing was imported. Review it again.")
        )


@service
def _check_again(import_type: ImportType, source: Any) -> None:
    """Check the import again, unless another process has applied it."""
    stored = lock_row(source)
    if stored.state in (State.CHECKED, State.APPLYING):
        check_import(import_type, stored)


def mark_checked(source: Any) -> None:
    """Set an import that was not applied back to `checked`."""
    source._meta.model._default_manager.filter(pk=source.pk, state=State.APPLYING).update(state=State.CHECKED)


@service
def undo_import(import_type: ImportType, *, source: Any, by: Any) -> Any:
    """Undo an import, or start to; return it. Raise Conflict if it is too old or already undone."""
    stored = _lock_import(source)
    if not stored.can_be_undone:
        raise Conflict(_("This import can no longer be undone."))
    stored.undone_at = timezone.now()
    stored.save(update_fields=["undone_at"])
    _start_job(import_type.undo_job, stored, by, import_type.undo(stored, by=by))
    return stored


def _lock_import(source: Any, *states: str) -> Any:
    """Lock the import until the end of the transaction; raise Conflict if it is in none of the states."""
    stored = source._meta.model._default_manager.select_for_update(of=("self",)).get(pk=source.pk)
    if states and stored.state not in states:
        raise Conflict(_("This import no longer needs confirmation. See its page."))
    return stored


def _start_job(kind: str, source: Any, by: Any, total: int) -> Job:
    job = enqueue_job(kind, enterprise=source.enterprise, by=by, args={"import": source.pk}, total=total)
    source.job = job
    source.save(update_fields=["job"])
    return job
