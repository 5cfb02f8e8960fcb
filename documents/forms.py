"""Courseware forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.roles import STAFF
from accounts.people.queries import active_people
from console.policy import Scope, scope_of
from documents.files.content_checks import FILE_TYPES
from documents.models import Document, DocumentUpload
from documents.transcode_state import TRANSCODE_FILTERS

ACCEPTED_EXTENSIONS = ",".join(f".{kind}" for kind in (*FILE_TYPES, "jpeg"))
MAX_FILES = 20
UPLOAD_NOT_FOUND = _("The upload of this file has expired. Choose the file again.")


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """One or more files; `clean` returns a list."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MAX_FILES:
            raise ValidationError(gettext("Choose at most %(most)d files at a time.") % {"most": MAX_FILES})
        return [super(MultipleFileField, self).clean(file, initial) for file in files or [None]]


class OwnerChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.nickname} · {obj.user_id}"


class DocumentOptionsForm(forms.Form):
    """Owner, permission and H5 transcoding. Teachers always own the files they upload."""

    owner = OwnerChoiceField(
        User.objects.none(),
        label=_("Owner"),
        required=False,
        to_field_name="user_id",
        empty_label=_("none: visible to the whole school"),
    )
    permission = forms.ChoiceField(
        label=_("Visibility"), choices=Document.Permission.choices, widget=forms.RadioSelect
    )
    transcode = forms.BooleanField(
        label=_("Create an animated version"),
        required=False,
        help_text=_("It keeps slide animations. iclass creates it after the upload."),
    )

    def __init__(self, *args: Any, reader: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reader = reader
        if scope_of(reader, "add", "document") == Scope.SCHOOL:
            owner: Any = self.fields["owner"]
            school: Any = reader.enterprise_id
            owner.queryset = active_people(school, *STAFF)
            self.fields["owner"].help_text = gettext(
                "At iclass, files without an owner are visible to everyone, whatever you choose below."
            )
        else:
            del self.fields["owner"]
        if not (reader.enterprise and reader.enterprise.h5_white_listed):
            self.fields["transcode"].disabled = True
            self.fields["transcode"].help_text = gettext(
                "Your school must first be allowlisted by iclass. Then a superadmin can "
                "turn this on in the school settings."
            )

    def clean(self) -> dict[str, Any]:
        """Reject a private document without an owner: the API makes it public."""
        data = super().clean() or {}
        if "owner" not in self.fields:
            data["owner"] = self.reader
        elif data.get("owner") is None and data.get("permission") == Document.Permission.PRIVATE:
            self.add_error("owner", gettext("Choose an owner, or make it visible to the whole school."))
        return data


class UploadOptionsForm(DocumentOptionsForm):
    """Options of a file that was uploaded in chunks."""

    again = forms.BooleanField(
        label=_("Upload even if the school already has the same file"),
        required=False,
        widget=forms.CheckboxInput,
    )


class CoursewareUploadForm(UploadOptionsForm):
    file = MultipleFileField(
        label=_("Files"),
        widget=MultipleFileInput(attrs={"accept": ACCEPTED_EXTENSIONS}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    field_order = ("file", "owner", "permission", "transcode", "again")


class ReplaceDocumentForm(DocumentOptionsForm):
    """New name, owner or permission for the same file, or a new file."""

    name = forms.CharField(
        label=_("File name"), max_length=200, required=False, help_text=_("Without the file extension.")
    )
    file = forms.FileField(
        label=_("Another file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_EXTENSIONS}),
        help_text=_("Leave empty to keep the file. A new file is saved under its own name."),
    )
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("name", "file", "owner", "permission", "transcode")

    def clean(self) -> dict[str, Any]:
        """Replace the token in `upload` with the reader's Upload, or None."""
        data = super().clean()
        data["upload"] = self._upload(data.get("upload"))
        given = data.get("name") or data.get("file") or data["upload"]
        if not given and not {"name", "file"} & set(self.errors):
            self.add_error("name", gettext("Enter a name, or choose another file."))
        return data

    def _upload(self, token: Any) -> DocumentUpload | None:
        """Return the chunked upload; if it no longer exists, clear the field and add an error."""
        if not token:
            return None
        uploads = DocumentUpload.objects.filter(
            enterprise=self.reader.enterprise_id, by=self.reader, token=token
        )
        found: DocumentUpload | None = uploads.select_related("enterprise").first()
        if found is None:
            self.forget_upload()
            self.add_error("file", UPLOAD_NOT_FOUND)
        return found

    def forget_upload(self) -> None:
        """Clear the hidden upload field, so that the user chooses the file again."""
        posted: Any = self.data
        self.data = posted = posted.copy()
        posted["upload"] = ""


class CoursewareFilter(forms.Form):
    """Filters of the courseware list, kept in the query string."""

    OWNER_CHOICES = (("", _("all")), ("mine", _("mine")), ("shared", _("whole school")))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", _("all")), *((kind, kind) for kind in FILE_TYPES)]
    )
    whose = forms.ChoiceField(label=_("Owner"), required=False, choices=OWNER_CHOICES)
    h5 = forms.ChoiceField(
        label=_("Animated version"), required=False, choices=(("", _("all")), *TRANSCODE_FILTERS)
    )
