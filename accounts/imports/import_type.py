"""The import of people, as declared to console.imports."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.imports import comparison, services, undo
from accounts.imports.columns import LABELS, PEOPLE_HEADINGS
from accounts.imports.forms import ColumnsForm
from accounts.imports.preview import PeopleImportPreview
from accounts.imports.push_job import PUSH_JOB
from accounts.models import ROSTER, PeopleImport, PeopleImportRow, User
from accounts.people.group_change_conflicts import GroupChangeRefused
from console.imports.import_type import ImportType


class PeopleImportType(ImportType):
    """Import of people, compared at once if every heading is known and none of CERTAIN is missing."""

    #: Without these, the mapping page asks: names stay empty, and a role is chosen for everybody new.
    CERTAIN = ("user_id", "nickname", "role")

    resource = "import"
    check_job, apply_job = "people.check", "people.apply"
    push_job = undo_job = PUSH_JOB
    source_model, row_model = PeopleImport, PeopleImportRow
    reason_field = "conflict_reason"
    labels, headings = LABELS, PEOPLE_HEADINGS
    form_class = ColumnsForm
    preview_class = PeopleImportPreview
    url_name, parent_url_name = "accounts:import", "accounts:people"
    template_folder = "accounts/imports"
    conflict_errors = (GroupChangeRefused,)

    parent_label = gettext_lazy("People")
    list_title = gettext_lazy("Imports")
    advice = gettext_lazy("Import everyone in the school with one file.")
    row_label = gettext_lazy("Person")
    upload_title = gettext_lazy("Import people")
    upload_label = gettext_lazy("Continue")
    check_label = gettext_lazy("Preview changes")
    empty_message = gettext_lazy("The file contains no people: all rows below the headings are empty.")
    outdated_message = gettext_lazy(
        "The school's data changed after the preview, so nothing was imported. This is the new preview."
    )
    nothing_to_apply_message = gettext_lazy(
        "There is nothing to import: the school's data already matches the file."
    )
    undo_detail = gettext_lazy(
        "Added people who are not yet at iclass are removed; others are deactivated. "
        "Changed people get their previous values back. People who were changed afterwards "
        "stay as they are."
    )
    check_job_label = gettext_lazy("Compare a people file")
    apply_job_label = gettext_lazy("Import people")

    def imports(self) -> QuerySet[Any]:
        """Return the imports of tables; those of OneRoster are written by accounts.imports.one_roster."""
        return PeopleImport.objects.exclude(kind=ROSTER)

    def missing_columns_message(self, columns: Sequence[str]) -> str:
        if "user_id" in columns:
            return ""
        return _("Choose the column with the user IDs. People are matched by user ID.")

    def checks_upload(self, columns: Sequence[str]) -> bool:
        return all(columns) and set(self.CERTAIN) <= set(columns)

    def check_next_rows(self, source: PeopleImport, after: int) -> int:
        return comparison.compare_next_rows(source, after)

    def check_conflicts(self, source: PeopleImport, reason: str) -> None:
        if not reason and (conflicts := services.find_import_conflicts(source)):
            raise GroupChangeRefused(conflicts)

    def write(self, source: PeopleImport, *, by: User | None, reason: str) -> int:
        services.write_import(source, by=by, reason=reason)
        return source.lines.filter(operation__isnull=False).count()

    def undo(self, source: PeopleImport, *, by: User) -> int:
        undo.undo_import(source, by=by)
        return source.lines.filter(operation__isnull=False).count()


PEOPLE_IMPORT = PeopleImportType()
