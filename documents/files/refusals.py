"""The sentences with which a file is refused: what is wrong, and what to do."""

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "name": _("The name of the file holds signs that hide what it is. Give it a plain name."),
    "folder": _("The name of the file holds a path. Give it a plain name."),
    "long": _("The name of the file is longer than 200 signs. Shorten it."),
    "kind": _("Choose a file of one of these kinds: ppt, pptx, pdf, doc, docx, jpg, png."),
    "other": _("The file is not what its name says. Save it anew from the program that made it."),
    "damaged": _("The file is damaged or not complete. Save it anew from the program that made it."),
    "two": _("The file is two files in one. Save it anew from the program that made it."),
    "packed": _("The file unpacks to far more than it should. Save it anew, with smaller pictures."),
    "entries": _("The file has too many parts. Save it anew from the program that made it."),
    "nested": _("The file holds other packed files or programs. Take them out and save it anew."),
    "macro": _("The file holds macros or scripts. Save it without them, as .pptx, .docx or .pdf."),
    "outside": _("The file loads parts from elsewhere when it is opened. Take them in and save it anew."),
    "password": _("The file is protected by a password. Save it without one."),
    "pixels": _("The picture is too large: at most 100 million points and 30 MB. Make it smaller."),
    "empty": _("The file is empty."),
}


def refused(code: str) -> ValidationError:
    """The refusal with this code, to be raised."""
    return ValidationError(SENTENCES[code], code)
