"""Alerts of Today without rows: a text, and a link to the page that resolves it."""

from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Enterprise
from accounts.school.connection_state import callback_state, held_reason
from accounts.school.licence import licence_status
from accounts.school.readiness import missing_keys
from classes.choices import Status
from classes.courseware.attachments import count_unready_documents
from classes.models import Attachment, Lesson
from console.outbox.reasons import reason_text
from console.policy import may, scoped
from console.policy.models import ApiToken
from console.ui.template_tags import when


class HomeAlert(NamedTuple):
    """`tone` is bad or warn; `act` is the label of the button."""

    words: str | Promise
    icon: str
    tone: str
    url: str
    act: str | Promise


#: Upcoming lessons whose courseware is checked: how far ahead, and how many at once.
COURSEWARE_WINDOW = timedelta(hours=36)
BATCH = 200
#: REST tokens that expire within these days are named.
TOKEN_DAYS = 14


def list_home_alerts(reader: Any, lessons: QuerySet[Lesson]) -> list[HomeAlert]:
    """Return the alerts that this reader can act on; those about the school itself come first."""
    found = _courseware_alerts(lessons)
    if may(reader, "pull", "school"):
        found = [*_school_alerts(reader.enterprise), *_token_alerts(reader), *found]
    return found


def _courseware_alerts(lessons: QuerySet[Lesson]) -> list[HomeAlert]:
    """Alert for courseware that is not ready, for the next lesson of the next day and a half that has any."""
    now = timezone.now()
    upcoming = lessons.filter(
        status=Status.WILL, cancelled_at=None, starts_at__gt=now, starts_at__lt=now + COURSEWARE_WINDOW
    )
    own = Attachment.objects.filter(lesson=OuterRef("pk"))
    of_course = Attachment.objects.filter(course=OuterRef("course"))
    first, counts = _first_unready(upcoming.filter(Exists(own) | Exists(of_course)))
    if first is None:
        return []
    words = ngettext(
        "%(n)d courseware file not ready for %(at)s",
        "%(n)d courseware files not ready for %(at)s",
        counts[first.pk],
    ) % {"n": counts[first.pk], "at": when(first.starts_at)}
    return [HomeAlert(words, "presentation", "warn", first.get_absolute_url(), _("Open the lesson"))]


def _first_unready(lessons: QuerySet[Lesson]) -> tuple[Lesson | None, dict[int, int]]:
    """Return the first lesson with courseware that is not ready, and the number of such files by lesson."""
    upcoming = lessons.order_by("starts_at", "id")
    for start in count(0, BATCH):
        batch = list(upcoming[start : start + BATCH])
        counts = count_unready_documents(batch)
        if counts or len(batch) < BATCH:
            return next((one for one in batch if one.pk in counts), None), counts
    raise AssertionError("the counter has no end")


def _token_alerts(reader: Any) -> list[HomeAlert]:
    """Alert for REST tokens of the school that expire soon, for those who oversee them."""
    if not may(reader, "oversee", "token"):
        return []
    now = timezone.now()
    ending = ApiToken.objects.filter(expires_at__gt=now, expires_at__lte=now + timedelta(days=TOKEN_DAYS))
    found = (
        scoped(ending, reader, "token", "oversee")
        .order_by()
        .aggregate(n=Count("pk"), first=Min("expires_at"))
    )
    if not found["n"]:
        return []
    days = (found["first"] - now).days
    words = ngettext(
        "REST tokens that expire soon: %(n)s, the first in %(days)s day.",
        "REST tokens that expire soon: %(n)s, the first in %(days)s days.",
        days,
    ) % {"n": found["n"], "days": days}
    return [HomeAlert(words, "key", "warn", reverse("accounts:tokens"), _("Show tokens"))]


def _school_alerts(school: Enterprise | None) -> list[HomeAlert]:
    """Alerts about the school itself."""
    page, act = reverse("accounts:school"), _("School settings")
    found = []
    if school and (reason := held_reason(school)):
        found.append(HomeAlert(reason_text(reason).what, "lock", "bad", page, act))
    if school and (licence := licence_status(school)) and licence.tone != "ok" and not licence.over:
        words = ngettext(
            "The licence expires in %(n)s day.", "The licence expires in %(n)s days.", licence.days
        ) % {"n": licence.days}
        found.append(HomeAlert(words, "calendar-due", licence.tone, page, act))
    if school:
        found += [
            HomeAlert(f"{one.message} {one.next}", "key", "bad", page, act) for one in missing_keys(school)
        ]
    if school and callback_state(school) in ("other", "none") and school.observed:
        found.append(HomeAlert(_CALLBACKS_ELSEWHERE, "antenna-bars-off", "warn", page, act))
    return found


_CALLBACKS_ELSEWHERE = _("iclass does not send events to the console, so changes in lessons appear late.")
