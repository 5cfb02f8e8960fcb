"""Alerts of the home page: a number, a text, and a button that leads to the list that the number counts."""

from datetime import datetime, time, timedelta
from itertools import count
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.people.queries import people_for
from accounts.school.connection_state import callback_state, held_reason
from accounts.school.licence import licence_status
from accounts.school.readiness import missing_keys
from accounts.sign_in import forgotten_passwords
from classes.attendance.reports.lists import registers_to_close
from classes.choices import Status
from classes.courseware.attachments import count_unready_documents
from classes.lessons.queries import PROBLEM_STATES, filter_by_need
from classes.live.wall.troubles import TROUBLE_TYPES
from classes.models import Alarm, Appeal, Attachment, Lesson
from classes.recordings.library import library_lessons
from classes.recordings.states import ALARM_STATES, RECORDING_STATES, recording_state_filter
from console.mirror.filters import count_differences
from console.outbox.filters import ATTENTION_STATES
from console.outbox.models import Operation
from console.outbox.reasons import reason_text
from console.policy import Scope, may, scope_of, scoped
from console.policy.models import ApiToken
from console.ui.badges import sync_badge
from console.ui.menu_counts import count_rows
from console.ui.template_tags import when


class HomeAlert(NamedTuple):
    """`number` is 0 if there is nothing to count; `tone` is bad or warn; `act` is the label of the button."""

    number: int
    words: str | Promise
    icon: str
    tone: str
    url: str
    act: str | Promise


#: Upcoming lessons whose courseware is checked: how far ahead, and how many at once.
COURSEWARE_WINDOW = timedelta(hours=36)
BATCH = 200
#: Days before today whose lessons are searched for recordings that are missing or failed.
RECORDING_DAYS = 6
#: REST tokens that expire within these days are named.
TOKEN_DAYS = 14

SHOW_LESSONS = _("Show lessons")

ALERT_TEXTS: dict[str, tuple[str | Promise, str, str]] = {
    "teacher_out": (_("running without a teacher"), "user-off", "bad"),
    "not_begun": (_("overdue"), "clock-exclamation", "bad"),
    "not_ready": (_("lessons tomorrow are not ready"), "alert-triangle", "bad"),
    "trouble": (_("lessons have sync problems"), "cloud-x", "bad"),
    "double": (_("lessons may be duplicates"), "copy", "bad"),
    "not_held": (_("lessons this week were not held"), "calendar-x", "warn"),
    "provisional": (_("registers are provisional"), "list-check", "warn"),
    "contradicted": (_("registers contradicted by messages from iclass"), "arrows-diff", "warn"),
}


def list_home_alerts(reader: Any, lessons: QuerySet[Lesson]) -> list[HomeAlert]:
    """Return the alerts that this reader can act on, without empty ones."""
    waiting = _waiting_rows(reader, lessons)
    numbers = dict(zip(waiting, count_rows(list(waiting.values())), strict=True))
    found = [_lesson_alert(name, numbers[name]) for name in ALERT_TEXTS]
    found.append(_make_up_alert(numbers.get("to_make_up", 0)))
    found += [_resend_alert(numbers.get("operations", 0)), _register_alert(registers_to_close(reader))]
    if scope_of(reader, "push", "person") == Scope.SCHOOL:
        people = people_for(reader).filter(sync_state__in=PROBLEM_STATES, is_active=True)
        states = people.order_by().values_list("sync_state").annotate(n=Count("pk"))
        found += [_people_alert(state, count) for state, count in states]
    alarms = scoped(Alarm.objects.filter(resolved_at=None, acknowledged_at=None), reader, "alarm", "list")
    kinds = alarms.order_by().values_list("kind").annotate(n=Count("pk"))
    found += [_alarm_alert(kind, count) for kind, count in sorted(kinds)]
    found.append(_appeal_alert(numbers.get("appeals", 0)))
    found.append(_password_alert(numbers["passwords"]))
    found.append(_difference_alert(count_differences(reader)))
    found.append(_courseware_alert(lessons))
    found += [_recording_alert(state, numbers[state]) for state in ALARM_STATES if state in numbers]
    alerts = [alert for alert in found if alert.number]
    if may(reader, "pull", "school"):
        alerts = [*_school_alerts(reader.enterprise), *_token_alerts(reader), *alerts]
    return alerts


def _waiting_rows(reader: Any, lessons: QuerySet[Lesson]) -> dict[str, QuerySet[Any]]:
    """Return the rows behind the alerts that are only counted, which one query does for all of them."""
    rows: dict[str, QuerySet[Any]] = {name: filter_by_need(lessons, name) for name in ALERT_TEXTS}
    if may(reader, "make_up", "lesson"):
        rows["to_make_up"] = filter_by_need(lessons, "to_make_up")
    if may(reader, "send_again", "operation"):
        failed = Operation.objects.filter(state__in=ATTENTION_STATES, subject_type=Lesson._meta.label_lower)
        rows["operations"] = scoped(failed, reader, "operation", "list")
    if may(reader, "answer", "attendance"):
        rows["appeals"] = scoped(Appeal.objects.filter(state=Appeal.State.OPEN), reader, "appeal", "list")
    rows["passwords"] = forgotten_passwords.requests_to_answer(reader)
    if may(reader, "list", "recording"):
        recent, now = library_lessons(reader).filter(starts_at__gte=_recordings_since()), timezone.now()
        rows |= {state: recent.filter(recording_state_filter(state, now)) for state in ALARM_STATES}
    return rows


def _lesson_alert(name: str, count: int) -> HomeAlert:
    words, icon, tone = ALERT_TEXTS[name]
    return HomeAlert(count, words, icon, tone, _list_url("classes:lessons", need=name), SHOW_LESSONS)


def _make_up_alert(count: int) -> HomeAlert:
    words = ngettext(
        "cancelled lesson without a make-up lesson", "cancelled lessons without a make-up lesson", count
    )
    url = _list_url("classes:lessons", need="to_make_up")
    return HomeAlert(count, words, "calendar-repeat", "warn", url, SHOW_LESSONS)


def _list_url(name: str, **params: Any) -> str:
    return f"{reverse(name)}?{urlencode(params)}"


def _register_alert(lessons: QuerySet[Lesson]) -> HomeAlert:
    """Alert for the registers to close, with the day of the oldest."""
    found = lessons.order_by().aggregate(number=Count("pk"), oldest=Min("starts_at"))
    count, oldest = found["number"], found["oldest"]
    words = ngettext("register to close, from %(day)s", "registers to close, the oldest from %(day)s", count)
    text = words % {"day": when(oldest, "day")} if oldest else ""
    url = reverse("classes:report_registers")
    return HomeAlert(count, text, "clipboard-check", "warn", url, _("Close registers"))


def _resend_alert(count: int) -> HomeAlert:
    """Alert for what could not be sent about lessons; its list has a button to send each again."""
    words = ngettext("change to a lesson was not sent", "changes to lessons were not sent", count)
    url = _list_url("outbox:operations", state="trouble", about=Lesson._meta.label_lower)
    return HomeAlert(count, words, "send", "bad", url, _("Send again"))


def _recordings_since() -> datetime:
    """Return when the last days begin whose recordings are watched."""
    since = timezone.localdate() - timedelta(days=RECORDING_DAYS)
    return timezone.make_aware(datetime.combine(since, time.min))


def _recording_alert(state: str, count: int) -> HomeAlert:
    """Alert for the recordings of the last days that are missing or failed."""
    words = gettext("recordings in the last seven days: %(state)s") % {"state": RECORDING_STATES[state].word}
    since = timezone.localtime(_recordings_since()).date()
    url = _list_url("classes:recordings", state=state, since=since)
    return HomeAlert(count, words, "video-off", "bad", url, _("Show recordings"))


def _people_alert(state: str, count: int) -> HomeAlert:
    badge = sync_badge(state)
    words = gettext("people with the sync status “%(state)s”") % {"state": badge.word}
    url = _list_url("accounts:people", sync=state)
    return HomeAlert(count, words, "users-minus", badge.tone, url, _("Show people"))


def _alarm_alert(kind: str, count: int) -> HomeAlert:
    words = gettext("alarm: %(what)s") % {"what": Alarm.Kind(kind).label}
    sort = TROUBLE_TYPES.get(kind)
    tone = sort.tone if sort else "warn"
    return HomeAlert(count, words, "alarm", tone, _list_url("classes:alarms", kind=kind), _("Handle it"))


def _appeal_alert(count: int) -> HomeAlert:
    """Alert for open appeals that the reader may answer."""
    words = ngettext("appeal awaits your answer", "appeals await your answer", count)
    url = _list_url("classes:appeals", state=Appeal.State.OPEN)
    return HomeAlert(count, words, "message-report", "warn", url, _("Answer"))


def _password_alert(count: int) -> HomeAlert:
    """Alert for people who forgot their password and wait for a link."""
    words = ngettext("person forgot the password", "people forgot their password", count)
    url = reverse("accounts:password_links")
    return HomeAlert(count, words, "key", "warn", url, _("Create password links"))


def _courseware_alert(lessons: QuerySet[Lesson]) -> HomeAlert:
    """Alert for courseware that is not ready, for the next lesson of the next day and a half that has any."""
    now = timezone.now()
    upcoming = lessons.filter(
        status=Status.WILL, cancelled_at=None, starts_at__gt=now, starts_at__lt=now + COURSEWARE_WINDOW
    )
    own = Attachment.objects.filter(lesson=OuterRef("pk"))
    of_course = Attachment.objects.filter(course=OuterRef("course"))
    first, counts = _first_unready(upcoming.filter(Exists(own) | Exists(of_course)))
    if first is None:
        return HomeAlert(0, "", "presentation", "warn", "", "")
    words = ngettext(
        "courseware file not ready for %(at)s", "courseware files not ready for %(at)s", counts[first.pk]
    )
    url = reverse("classes:lesson", args=[first.pk])
    text = words % {"at": when(first.starts_at)}
    return HomeAlert(counts[first.pk], text, "presentation", "warn", url, _("Open the lesson"))


def _first_unready(lessons: QuerySet[Lesson]) -> tuple[Lesson | None, dict[int, int]]:
    """Return the first lesson with courseware that is not ready, and the number of such files by lesson."""
    upcoming = lessons.order_by("starts_at", "id")
    for start in count(0, BATCH):
        batch = list(upcoming[start : start + BATCH])
        counts = count_unready_documents(batch)
        if counts or len(batch) < BATCH:
            return next((one for one in batch if one.pk in counts), None), counts
    raise AssertionError("the counter has no end")


def _difference_alert(count: int) -> HomeAlert:
    words = ngettext("difference from iclass to resolve", "differences from iclass to resolve", count)
    return HomeAlert(count, words, "arrows-diff", "warn", reverse("mirror:differences"), _("Compare"))


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
    return [HomeAlert(0, words, "key", "warn", reverse("accounts:tokens"), _("Show tokens"))]


def _school_alerts(school: Enterprise | None) -> list[HomeAlert]:
    """Alerts about the school itself; they count nothing and link to the page that resolves them."""
    page, act = reverse("accounts:school"), _("School settings")
    found = []
    if school and (reason := held_reason(school)):
        found.append(HomeAlert(0, reason_text(reason).what, "lock", "bad", page, act))
    if school and (licence := licence_status(school)) and licence.tone != "ok" and not licence.over:
        words = ngettext(
            "The licence expires in %(n)s day.", "The licence expires in %(n)s days.", licence.days
        ) % {"n": licence.days}
        found.append(HomeAlert(0, words, "calendar-due", licence.tone, page, act))
    if school:
        found += [
            HomeAlert(0, f"{one.message} {one.next}", "key", "bad", page, act) for one in missing_keys(school)
        ]
    if school and callback_state(school) in ("other", "none") and school.observed:
        found.append(HomeAlert(0, _CALLBACKS_ELSEWHERE, "antenna-bars-off", "warn", page, act))
    return found


_CALLBACKS_ELSEWHERE = _("iclass does not send events to the console, so changes in lessons appear late.")
