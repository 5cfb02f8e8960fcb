"""The import of timetables, as declared to console.imports."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from classes.models import TimetableImport, TimetableRow
from classes.timetable.imports import checks, execution, jobs
from classes.timetable.imports.columns import HEADINGS, LABELS, guess_fields, missing_columns
from classes.timetable.imports.doubts import require_row_confirmation
from classes.timetable.imports.preview import TimetablePreview
from console.imports.forms import MappingForm
from console.imports.import_type import ImportType

#: Up to this many rows, and lessons, a step runs within the request.
WAITED_ROWS, WAITED_LESSONS = 500, 1_000


class TimetableImportType(ImportType):
    """Import of timetables: an upload is checked at once if its headings identify the columns."""

    resource = "timetable_import"
    check_job, apply_job = "timetable.check", "timetable.apply"
    push_job, undo_job = jobs.PUSH, jobs.UNDO
    source_model, row_model = TimetableImport, TimetableRow
    reason_field = "reason"
    labels, headings = LABELS, HEADINGS
    form_class = MappingForm
    preview_class = TimetablePreview
    url_name, parent_url_name = "classes:timetable_import", "classes:timetable"
    template_folder = "classes/timetable/imports"

    parent_label = gettext_lazy("Timetable")
    list_title = gettext_lazy("Timetable imports")
    advice = gettext_lazy("Import the timetable of a whole term with one file.")
    row_label = gettext_lazy("Lesson")
    upload_title = gettext_lazy("Import timetable")
    upload_label = check_label = gettext_lazy("Preview")
    empty_message = gettext_lazy("The file contains no lessons: all rows below the headings are empty.")
    outdated_message = gettext_lazy(
        "The school's data changed after the preview, so no lessons were planned. This is the new preview."
    )
    nothing_to_apply_message = gettext_lazy(
        "There is nothing to plan: all lessons in the file already exist."
    )
    undo_detail = gettext_lazy(
        "Its lessons that have not started are cancelled and deleted at iclass, and the "
        "people involved are notified. Lessons that were held are kept, and so are those that were added "
        "or changed since."
    )
    check_job_label = gettext_lazy("Compare a timetable")
    apply_job_label = gettext_lazy("Plan imported timetable")

    def guess_columns(self, headings: Sequence[str]) -> list[str]:
        return guess_fields(headings)

    def check_needs_job(self, source: TimetableImport) -> bool:
        return source.rows_in_all > WAITED_ROWS

    def apply_needs_job(self, source: TimetableImport) -> bool:
        return bool(source.counts.get("lessons", 0) > WAITED_LESSONS)

    def job_total(self, source: TimetableImport) -> int:
        return source.counts.get("lessons") or source.rows_in_all

    def missing_columns_message(self, columns: Sequence[str]) -> str:
        names = missing_columns(columns)
        return _("Choose the columns for: %(names)s.") % {"names": ", ".join(names)} if names else ""

    def check_next_rows(self, source: TimetableImport, after: int) -> int:
        checks.check_import(source)
        return 0

    def check_answers(self, source: TimetableImport, posted: Mapping[str, str]) -> None:
        require_row_confirmation(source, "confirmed" in posted)

    def check_conflicts(self, source: TimetableImport, reason: str) -> None:
        execution.require_conflict_reason(source, reason)

    def write(self, source: TimetableImport, *, by: User | None, reason: str) -> int:
        return execution.write_import(source, by=by, reason=reason)

    def undo(self, source: TimetableImport, *, by: User) -> int:
        return jobs.undoable_lessons(source).count()


TIMETABLE_IMPORT = TimetableImportType()
