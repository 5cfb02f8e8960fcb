"""State of a document's H5 version as labels, and error messages of failed ones."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.models import TRANSCODE_FINISHED, Document


class TranscodeState(NamedTuple):
    """A badge for `state_tag`; `step` is 1 to 3 for a progress bar, 0 for no bar."""

    name: str
    word: str | Promise
    icon: str
    tone: str
    step: int = 0


NOT_REQUESTED = TranscodeState("none", _("no animated version"), "file", "idle")
REQUESTED = TranscodeState("asked", _("Animated version: not started"), "clock", "busy", 1)
QUEUED = TranscodeState("queued", _("Animated version: queued"), "clock", "busy", 1)
RUNNING = TranscodeState("running", _("Animated version: processing"), "refresh", "busy", 2)
READY = TranscodeState("ready", _("Animated version: ready"), "circle-check", "ok", 3)
FAILED = TranscodeState("failed", _("Animated version: failed"), "alert-triangle", "bad")

#: Known values of `transcode_status`. An unknown value means RUNNING.
TRANSCODE_STATES = {
    "": REQUESTED,
    "wait": REQUESTED,
    "prepare": REQUESTED,
    "uploading": REQUESTED,
    "queued": QUEUED,
    TRANSCODE_FINISHED: READY,
}
TRANSCODE_FILTERS = (("busy", _("converting")), ("ready", _("ready")), ("failed", _("failed")))

TRANSCODE_ERRORS: dict[int, str | Promise] = {
    10250: _(
        "iclass could not convert the file. Save it as .pptx without passwords and unusual "
        "fonts, then try again."
    ),
}
UNKNOWN_ERROR = _("iclass gives no reason. Save the file as .pptx and add it again.")


def transcode_state_of(document: Document) -> TranscodeState:
    """Return the state of the H5 version by the last `/document/info`; callbacks are ignored."""
    requested = document.observed.get("transcode", document.transcode_wanted)
    if not requested:
        return NOT_REQUESTED
    if document.transcode_code:
        return FAILED
    return TRANSCODE_STATES.get(document.transcode_status, RUNNING)


def transcode_error(document: Document) -> str | Promise:
    """Return the error message with advice, or an empty string."""
    return TRANSCODE_ERRORS.get(document.transcode_code, UNKNOWN_ERROR) if document.transcode_code else ""
