"""How far the H5 version of a document is, in words, and why one failed."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.mirror import FINISHED
from documents.models import Document


class Conversion(NamedTuple):
    """`tone` is a colour of static/css/tokens.css; `step` of 3 for a bar, 0 where there is none."""

    name: str
    word: str | Promise
    icon: str
    tone: str
    step: int = 0


NONE = Conversion("none", _("no H5 version"), "file", "idle")
ASKED = Conversion("asked", _("H5: not begun yet"), "clock", "busy", 1)
QUEUED = Conversion("queued", _("H5: waiting in line"), "clock", "busy", 1)
RUNNING = Conversion("running", _("H5: being made"), "refresh", "busy", 2)
READY = Conversion("ready", _("H5: ready"), "circle-check", "ok", 3)
FAILED = Conversion("failed", _("H5: failed"), "alert-triangle", "bad")

#: The states that the service is known to tell; one that nobody knows is being made.
STATES = {
    "": ASKED,
    "wait": ASKED,
    "prepare": ASKED,
    "uploading": ASKED,
    "queued": QUEUED,
    FINISHED: READY,
}
CONVERSIONS = (("busy", _("being made")), ("ready", _("ready")), ("failed", _("failed")))

WHY: dict[int, str | Promise] = {
    10250: _("iclass could not convert the file. Save it anew as .pptx, without passwords and rare fonts."),
}
UNTOLD = _("iclass does not say why. Save the file anew as .pptx and add it again.")


def conversion_of(document: Document) -> Conversion:
    """The state of the H5 version as `/document/info` told it last; the callback's progress is not asked."""
    wanted = document.observed.get("transcode", document.transcode_wanted)
    if not wanted:
        return NONE
    if document.transcode_code:
        return FAILED
    return STATES.get(document.transcode_status, RUNNING)


def why_failed(document: Document) -> str | Promise:
    """What went wrong and what to do; empty where nothing did."""
    return WHY.get(document.transcode_code, UNTOLD) if document.transcode_code else ""
