"""Form fields of the attachments of leave."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from classes.attendance.leave_files import CheckedFile, check_file

HINT = _("For example a doctor's note: pdf, jpg or png, at most 5 MB.")


def attachment_field(**more: Any) -> forms.FileField:
    """Return a field for one pdf, jpg or png; a phone offers its camera."""
    picker = forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"})
    messages = {"required": _("Choose a file."), "empty": _("The file is empty.")}
    return forms.FileField(widget=picker, error_messages=messages, **more)


class AttachmentsForm(forms.Form):
    """Up to two attachments; `attached` are the checked files.

    The files are checked last, so that a form with other errors does not wait for the virus scanner.
    """

    attachment = attachment_field(label=_("Attachment"), help_text=HINT, required=False)
    attachment_2 = attachment_field(label=_("Second attachment"), required=False)
    ATTACHMENTS = ("attachment", "attachment_2")

    attached: list[CheckedFile]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.attached = []
        return data

    def _post_clean(self) -> None:
        """Check the files after all else. A browser does not send a file again by itself, so say so."""
        form: Any = super()
        form._post_clean()
        chosen = [name for name in self.ATTACHMENTS if self.cleaned_data.get(name)]
        if not self.errors:
            for name in chosen:
                try:
                    self.attached.append(check_file(self.cleaned_data[name]))
                except ValidationError as error:
                    self.add_error(name, error)
        if self.errors:
            for name in (one for one in chosen if one not in self.errors):
                self.add_error(name, gettext("Choose this file again: it was not kept."))


class AttachmentForm(forms.Form):
    """One attachment, added later."""

    attachment = attachment_field(label=_("Attachment"), help_text=HINT)

    attached: CheckedFile | None = None

    def clean_attachment(self) -> Any:
        upload = self.cleaned_data["attachment"]
        self.attached = check_file(upload)
        return upload
