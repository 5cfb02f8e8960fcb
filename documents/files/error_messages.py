"""Messages for rejected files: what is wrong, and what to do."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERROR_MESSAGES: dict[str, str | Promise] = {
    "name": _("The file name contains characters that hide its real type. Rename the file."),
    "folder": _("The file name contains a path. Rename the file."),
    "long": _("The file name is longer than 200 characters. Shorten it."),
    "kind": _("Only ppt, pptx, pdf, doc, docx, jpg and png files are supported."),
    "other": _(
        "The content does not match the file extension. Save the file again in the program that created it."
    ),
    "damaged": _("The file is damaged or incomplete. Save it again in the program that created it."),
    "two": _("The file contains a second file. Save it again in the program that created it."),
    "packed": _("The file is unusually large when unpacked. Save it again with smaller pictures."),
    "entries": _("The file has too many parts. Save it again in the program that created it."),
    "nested": _("The file contains archives or programs. Remove them and save it again."),
    "macro": _("The file contains macros or scripts. Save it without them as .pptx, .docx or .pdf."),
    "outside": _(
        "The file loads content from elsewhere when it is opened. Embed the content and save it again."
    ),
    "password": _("The file is password-protected. Save it without a password."),
    "pixels": _("The picture is too large. Use at most 100 million pixels and 30 MB."),
    "empty": _("The file is empty."),
    "failed": _("This file is too large or damaged. Save it again in the program that created it."),
}


def validation_error(code: str) -> ValidationError:
    """Return the ValidationError for a rejection code."""
    message: Any = ERROR_MESSAGES[code]
    return ValidationError(message, code)
