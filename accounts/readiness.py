"""Whether lessons of a school can be made at iclass, point by point, as its page says it."""

from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.watch import KEY_REASONS, callback_state, held_reason, licence_is_over


class Point(NamedTuple):
    """`tone` is ok, warn (lessons go on, worse) or bad (none can be made); `next` says what to do then."""

    tone: str
    words: str | Promise
    next: str | Promise = ""


def points_of(school: Enterprise) -> list[Point]:
    """Everything that a lesson needs of its school, in the order in which one mends it."""
    return [
        _answered(school),
        _licence(school),
        _private_key(school),
        _admin_id(),
        _news(school),
    ]


def hindrances(school: Enterprise) -> list[Point]:
    """Only what keeps a lesson from being made at iclass."""
    return [point for point in points_of(school) if point.tone == "bad"]


def missing_keys(school: Enterprise) -> list[Point]:
    """What is not there at all and has to be: the private key, the IM administrator's id."""
    return [point for point in (_private_key(school), _admin_id()) if point.tone == "bad"]


def _answered(school: Enterprise) -> Point:
    if held_reason(school) in KEY_REASONS:
        return Point("bad", _("iclass refuses the API key."), _("Enter the key that the vendor gave you."))
    if school.observed_at is None:
        return Point("warn", _("iclass has not been asked for this school yet."), _("Test the connection."))
    return Point("ok", _("iclass answers to the API key."))


def _licence(school: Enterprise) -> Point:
    if licence_is_over(school):
        return Point("bad", _("The licence has ended."), _("Ask the vendor to renew it, then pull."))
    return Point("ok", _("The licence has not ended."))


def _private_key(school: Enterprise) -> Point:
    if not school.private_key:
        return Point(
            "bad",
            _("The private key is missing, so no lesson can be made at iclass."),
            _("Pull the data of the school; it comes along."),
        )
    return Point("ok", _("The private key that signs for lessons is here."))


def _admin_id() -> Point:
    if not settings.ICLASS_ADMIN_ID:
        return Point(
            "bad",
            _("The id of the IM administrator is missing, so no lesson can be made at iclass."),
            _("Whoever runs the console sets ICLASS_ADMIN_ID."),
        )
    return Point("ok", _("The IM administrator has an id."))


def _news(school: Enterprise) -> Point:
    if callback_state(school) in ("ours", "sending"):
        return Point("ok", _("iclass sends its news here."))
    return Point("warn", _("iclass sends its news elsewhere or nowhere."), _("Use our address."))
