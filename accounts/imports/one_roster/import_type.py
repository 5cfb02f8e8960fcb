"""The import of a OneRoster zip, as declared to console.imports."""

from collections.abc import Sequence
from typing import IO, Any

from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy

from accounts.imports import services
from accounts.imports.one_roster import check, refused_rows, undo, uploads, writing
from accounts.imports.one_roster.forms import RosterOptionsForm, RosterUploadForm
from accounts.imports.one_roster.labels import FIELD_LABELS
from accounts.imports.one_roster.options import last_options
from accounts.imports.one_roster.preview import RosterPreview
from accounts.models import ROSTER, PeopleImport, PeopleImportRow, User
from accounts.people.group_change_conflicts import GroupChangeRefused
from console.imports.import_type import ImportType

ROSTER_PUSH_JOB = "roster.push"


class RosterImportType(ImportType):
    """Import of a OneRoster zip; from the second one on, it is checked at once with the last options."""

    #: More people than this are checked and applied by a job.
    MAX_IN_REQUEST = 500

    resource = "import"
    check_job, apply_job = "roster.check", "roster.apply"
    push_job = undo_job = ROSTER_PUSH_JOB
    source_model, row_model = PeopleImport, PeopleImportRow
    reason_field = "conflict_reason"
    labels = FIELD_LABELS
    form_class = RosterOptionsForm
    upload_form_class = RosterUploadForm
    preview_class = RosterPreview
    url_name, parent_url_name = "accounts:roster_import", "accounts:people"
    template_folder = "accounts/imports/one_roster"
    conflict_errors = (GroupChangeRefused,)

    parent_label = gettext_lazy("People")
    list_title = gettext_lazy("OneRoster imports")
    advice = gettext_lazy("Import people, groups and terms from your student information system.")
    row_label = gettext_lazy("Person")
    upload_title = gettext_lazy("Import OneRoster")
    upload_label = gettext_lazy("Continue")
    check_label = gettext_lazy("Preview changes")
    columns_title = gettext_lazy("Options of the import")
    columns_label = gettext_lazy("Edit options")
    outdated_message = gettext_lazy(
        "The school's data changed after the preview, so nothing was imported. This is the new preview."
    )
    nothing_to_apply_message = gettext_lazy(
        "There is nothing to import: the school's data already matches the file."
    )
    undo_detail = gettext_lazy(
        "Added people who are not yet at iclass are removed; others are deactivated. Changed people, groups "
        "and terms get their previous values back, and who was deactivated is active again. What was changed "
        "afterwards stays as it is."
    )
    check_job_label = gettext_lazy("Compare a OneRoster file")
    apply_job_label = gettext_lazy("Import OneRoster")

    def imports(self) -> QuerySet[Any]:
        return PeopleImport.objects.filter(kind=ROSTER)

    def create_import(self, *, file: IO[bytes], filename: str, by: Any) -> PeopleImport:
        return uploads.create_import(file=file, filename=filename, by=by)

    def missing_columns_message(self, columns: Sequence[str]) -> str:
        return ""

    def checks_upload_of(self, source: Any) -> bool:
        return last_options(source.enterprise_id) is not None

    def check_needs_job(self, source: PeopleImport) -> bool:
        limit: int = min(self.MAX_IN_REQUEST, settings.IMPORT_INLINE_ROWS)
        return source.rows_in_all > limit

    def check_next_rows(self, source: PeopleImport, after: int) -> int:
        return check.check_next_rows(source, after)

    def check_conflicts(self, source: PeopleImport, reason: str) -> None:
        if not reason and (conflicts := services.find_import_conflicts(source)):
            raise GroupChangeRefused(conflicts)

    def write(self, source: PeopleImport, *, by: User, reason: str) -> int:
        writing.write_roster(source, by=by, reason=reason)
        return source.lines.filter(operation__isnull=False).count()

    def undo(self, source: PeopleImport, *, by: User) -> int:
        undo.undo_roster(source, by=by)
        return source.lines.filter(operation__isnull=False).count()

    def refused_rows(self, source: PeopleImport, *, by: User, suffix: str) -> HttpResponseBase:
        return refused_rows.export_refused_rows(source, by=by, suffix=suffix)


ROSTER_IMPORT = RosterImportType()
