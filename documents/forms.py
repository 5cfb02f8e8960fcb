"""The forms of courseware."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import active
from accounts.roles import STAFF
from console.policy import Scope, scope_of
from documents.files import KINDS
from documents.models import Document, Upload
from documents.words import CONVERSIONS

ACCEPT = ",".join(f".{kind}" for kind in (*KINDS, "jpeg"))
MOST_AT_ONCE = 20
GONE = _("This file is not on its way any more. Choose it again.")


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; `clean` gives a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MOST_AT_ONCE:
            raise ValidationError(gettext("Choose at most %(most)d files at once.") % {"most": MOST_AT_ONCE})
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class OwnerChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.nickname} · {obj.user_id}"


class OwnedForm(forms.Form):
    """Whose it is, who may see it, and whether an H5 version is made. Teachers own what they bring."""

    owner = OwnerChoice(
        User.objects.none(),
        label=_("Owner"),
        required=False,
        to_field_name="user_id",
        empty_label=_("nobody: then everybody in the school sees it"),
    )
    permission = forms.ChoiceField(
        label=_("Who may see it"), choices=Document.Permission.choices, widget=forms.RadioSelect
    )
    transcode = forms.BooleanField(
        label=_("Make an H5 version"),
        required=False,
        help_text=_("It keeps the movements of slides. iclass makes it after the file has come."),
    )

    def __init__(self, *args: Any, reader: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reader = reader
        if scope_of(reader, "add", "document") == Scope.SCHOOL:
            self.fields["owner"].queryset = active(reader.enterprise_id, *STAFF)  # type: ignore[attr-defined]
            self.fields["owner"].help_text = gettext(
                "iclass shows a file without an owner to everybody, whatever is chosen below."
            )
        else:
            del self.fields["owner"]
        if not (reader.enterprise and reader.enterprise.h5_white_listed):
            self.fields["transcode"].disabled = True
            self.fields["transcode"].help_text = gettext(
                "The vendor has to white-list your school for this first. "
                "Then a superadmin turns it on in the settings of the school."
            )

    def clean(self) -> dict[str, Any]:
        """Without an owner it is public: who asked for a private one is told, not overruled."""
        data = super().clean() or {}
        if "owner" not in self.fields:
            data["owner"] = self.reader
        elif data.get("owner") is None and data.get("permission") == Document.Permission.PRIVATE:
            self.add_error("owner", gettext("Choose an owner, or let everybody in the school see it."))
        return data


class PiecesForm(OwnedForm):
    """What is said of a file that came in pieces."""

    again = forms.BooleanField(
        label=_("Upload it even if the school has the same file"), required=False, widget=forms.CheckboxInput
    )


class UploadForm(PiecesForm):
    file = FilesField(
        label=_("Files"),
        widget=SeveralFiles(attrs={"accept": ACCEPT}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    field_order = ("file", "owner", "permission", "transcode", "again")


class AnewForm(OwnedForm):
    """Another name, owner or permission for the same file, or another file in its place."""

    name = forms.CharField(
        label=_("File name"), max_length=200, required=False, help_text=_("Without the ending.")
    )
    file = forms.FileField(
        label=_("Another file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("Leave it empty to keep the file. A new file brings its own name."),
    )
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("name", "file", "owner", "permission", "transcode")

    def clean(self) -> dict[str, Any]:
        """`upload` becomes the reader's Upload, or None."""
        data = super().clean()
        data["upload"] = self._upload(data.get("upload"))
        given = data.get("name") or data.get("file") or data["upload"]
        if not given and not {"name", "file"} & set(self.errors):
            self.add_error("name", gettext("Enter a name, or choose another file."))
        return data

    def _upload(self, token: Any) -> Upload | None:
        """What the script sent in pieces. One that is gone leaves the field empty, to be chosen again."""
        if not token:
            return None
        coming = Upload.objects.filter(enterprise=self.reader.enterprise_id, by=self.reader, token=token)
        found: Upload | None = coming.select_related("enterprise").first()
        if found is None:
            self.forget_upload()
            self.add_error("file", GONE)
        return found

    def forget_upload(self) -> None:
        """It is not here any more: the form comes back without it, and the file is chosen again."""
        self.data = self.data.copy()
        self.data["upload"] = ""


class CoursewareFilter(forms.Form):
    """What narrows the list of courseware, kept in its address."""

    WHOSE = (("", _("all")), ("mine", _("mine")), ("shared", _("everybody's")))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *((kind, kind) for kind in KINDS)]
    )
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=WHOSE)
    h5 = forms.ChoiceField(label="H5", required=False, choices=(("", _("all")), *CONVERSIONS))
