"""What an app declares about a type of import; the rest of this package is the same for all types."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.conf import settings
from django.db.models import QuerySet
from django.forms import Form
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from console.imports.columns import guess_columns
from console.imports.downloads import export_refused_rows
from console.imports.forms import ImportUploadForm
from console.imports.models import FileImport
from console.imports.preview import ImportPreview

Text = str | Promise


class ImportOutdated(Exception):
    """The school changed since the import was checked."""


class ImportType(ABC):
    """A type of import: models, columns, pages and texts, and how rows are checked, written and undone.

    `source` is an import, an instance of `source_model`. Methods that change it run in a transaction that has
    locked it.
    """

    #: Names of the jobs; those that follow what was applied and undone are registered by the app.
    check_job: str
    apply_job: str
    push_job: str
    undo_job: str
    #: Resource of the policy table.
    resource: str
    source_model: type[FileImport]
    row_model: type[Any]
    #: Field of the import that holds the reason to allow conflicts.
    reason_field: str

    #: Field → label, in the order of the mapping; normalized heading → field.
    labels: Mapping[str, Text]
    headings: Mapping[str, str]
    #: A `console.imports.forms.MappingForm`.
    form_class: type[Form]
    upload_form_class: type[Form] = ImportUploadForm

    #: URL name of the page of an import; those of the other pages begin with it.
    url_name: str
    #: URL name of the page above the list.
    parent_url_name: str
    template_folder: str
    preview_class: type[ImportPreview]

    parent_label: Text
    list_title: Text
    #: Advice for a school without imports, and what a row of the file stands for.
    advice: Text
    row_label: Text
    upload_title: Text
    #: Labels of the buttons of the upload and of the mapping.
    upload_label: Text
    check_label: Text
    #: Title of the mapping, and the button that leads back to it.
    columns_title: Text = gettext_lazy("Column contents")
    columns_label: Text = gettext_lazy("Edit column mapping")
    empty_message: Text
    outdated_message: Text
    nothing_to_apply_message: Text
    undo_detail: Text
    #: Labels of the jobs.
    check_job_label: Text
    apply_job_label: Text

    #: Errors of `write` about conflicts that arose since the job was enqueued; the new preview shows them.
    conflict_errors: tuple[type[Exception], ...] = ()

    @property
    def url_names(self) -> dict[str, str]:
        """Return the URL name of each page."""
        pages = ("add", "columns", "apply", "undo", "refused")
        names = {page: f"{self.url_name}_{page}" for page in pages}
        return {"list": f"{self.url_name}s", "detail": self.url_name, **names}

    def imports(self) -> QuerySet[Any]:
        """Return the imports of this type, of all schools."""
        return self.source_model._default_manager.all()

    def create_import(self, *, file: IO[bytes], filename: str, by: Any) -> Any | None:
        """Create an import from a file that is not a table; None if it is to be read as a table.

        Raise ValidationError if it cannot be read.
        """
        return None

    def guess_columns(self, headings: Sequence[str]) -> list[str]:
        """Return the field of each column, "" for none."""
        return guess_columns(headings, self.headings)

    def checks_upload(self, columns: Sequence[str]) -> bool:
        """Return whether an upload with these guessed columns is checked at once, without the mapping."""
        return not self.missing_columns_message(columns)

    def checks_upload_of(self, source: Any) -> bool:
        """Return whether an import that was just created is checked at once."""
        return self.checks_upload(source.columns)

    def check_needs_job(self, source: Any) -> bool:
        """Return whether the file is too large to be checked in a request."""
        return bool(source.rows_in_all > settings.IMPORT_INLINE_ROWS)

    def apply_needs_job(self, source: Any) -> bool:
        """Return whether the import is too large to be applied in a request."""
        return self.check_needs_job(source)

    def job_total(self, source: Any) -> int:
        """Return the number that the progress of a job counts to."""
        return int(source.rows_in_all)

    def refused_rows(self, source: Any, *, by: Any, suffix: str) -> HttpResponseBase:
        """Return a file of the refused rows, with their reasons."""
        return export_refused_rows(source, by=by, suffix=suffix)

    @abstractmethod
    def missing_columns_message(self, columns: Sequence[str]) -> str:
        """Return which required fields none of these columns fills; empty if none is missing."""

    @abstractmethod
    def check_next_rows(self, source: Any, after: int) -> int:
        """Check rows after row number `after` and return the last number.

        Return 0 once all rows are checked, the counts are set and the import is saved as `checked`.
        """

    def check_answers(self, source: Any, posted: Mapping[str, str]) -> None:
        """Raise ValidationError if the preview asks about something that the posted form does not confirm."""
        return None

    @abstractmethod
    def check_conflicts(self, source: Any, reason: str) -> None:
        """Raise ValidationError if a checked import has conflicts that the reason does not allow."""

    @abstractmethod
    def write(self, source: Any, *, by: Any, reason: str) -> int:
        """Write what the preview shows, with its audit entry; return what `push_job` counts to.

        Raise ImportOutdated if the school changed since the check, and what `check_conflicts` raises.
        """

    @abstractmethod
    def undo(self, source: Any, *, by: Any) -> int:
        """Undo an applied import, or leave it to `undo_job`; return what that counts to."""
