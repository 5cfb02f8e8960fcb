"""What waits: alarms, leave, cover, registers, appeals, warnings, and problems of lessons and recordings."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from classes.attendance.leave_queries import requests_to_answer
from classes.attendance.reports.lists import registers_to_close
from classes.attendance.thresholds.queries import new_warnings
from classes.attendance.thresholds.sentences import cause_sentence
from classes.lessons.concerned_staff import concerned_staff
from classes.lessons.queries import filter_by_need, lessons_for
from classes.live.alarms.notifications import alarm_url
from classes.models import Alarm, Appeal, AttendanceWarning, Leave, Lesson, TeacherAbsence
from classes.recordings.library import library_lessons, watched_since
from classes.recordings.states import recording_state_filter
from classes.timetable.cover.queries import absences_to_cover
from console.policy import may, scoped
from console.ui.template_tags import when
from console.ui.waiting import Listing, RowAct, WaitingRow, register_waiting


def _address(name: str, **params: Any) -> str:
    return f"{reverse(name)}?{urlencode(params)}" if params else reverse(name)


def _right(action: str, resource: str) -> Callable[[Any, Any], bool]:
    """Return the check of a right; which rows it reaches, their query says."""
    return lambda reader, _row: may(reader, action, resource)


_ANSWER_LEAVE, _HANDLE_WARNING = _right("answer", "leave"), _right("acknowledge", "warning")


def _open_alarms(reader: Any) -> list[QuerySet[Alarm]]:
    """Return the alarms that nobody takes care of, as the list of alarms opens."""
    return [scoped(Alarm.objects.filter(resolved_at=None, acknowledged_at=None), reader, "alarm", "list")]


def _alarm_row(alarm: Alarm) -> WaitingRow:
    about = str(alarm.lesson.topic if alarm.lesson else alarm.enterprise)
    return WaitingRow(about, alarm_url(alarm), alarm.get_kind_display(), alarm.raised_at)


def _leave_to_answer(reader: Any) -> list[QuerySet[Leave]]:
    return [requests_to_answer(reader)] if may(reader, "answer", "leave") else []


def _leave_row(leave: Leave) -> WaitingRow:
    text = f"{leave.get_kind_display()} · {when(leave.begins_at)} – {when(leave.ends_at)}"
    text = f"{text} · {leave.reason}" if leave.reason else text
    return WaitingRow(str(leave.person), reverse("classes:leave", args=[leave.pk]), text)


def _absences_to_cover(reader: Any) -> list[QuerySet[TeacherAbsence]]:
    return [absences_to_cover(scoped(TeacherAbsence.objects.all(), reader, "cover", "add"))]


def _absence_row(absence: TeacherAbsence) -> WaitingRow:
    text = f"{when(absence.begins_at)} – {when(absence.ends_at)}"
    return WaitingRow(str(absence.teacher), reverse("classes:absence", args=[absence.pk]), text)


def _registers_to_close(reader: Any) -> list[QuerySet[Lesson]]:
    return [registers_to_close(reader)] if may(reader, "close", "attendance") else []


def _register_row(lesson: Lesson) -> WaitingRow:
    return _lesson_row(lesson)._replace(url=reverse("classes:attendance", args=[lesson.pk]))


def _appeals_to_answer(reader: Any) -> list[QuerySet[Appeal]]:
    if not may(reader, "answer", "attendance"):
        return []
    return [scoped(Appeal.objects.filter(state=Appeal.State.OPEN), reader, "appeal", "list")]


def _appeal_row(appeal: Appeal) -> WaitingRow:
    url = reverse("classes:appeal", args=[appeal.pk])
    return WaitingRow(str(appeal.person), url, appeal.lesson.topic, appeal.created_at)


def _warning_row(warning: AttendanceWarning) -> WaitingRow:
    url = reverse("classes:warning", args=[warning.pk])
    return WaitingRow(str(warning.person), url, cause_sentence(warning.facts), warning.opened_at)


def _lessons_in_need(need: str, reader: Any) -> list[QuerySet[Lesson]]:
    """Return the lessons that need attention for this reason (classes.lessons.queries), for staff."""
    is_theirs = may(reader, "make_up", "lesson") if need == "to_make_up" else may(reader, "list", "member")
    return [filter_by_need(lessons_for(reader), need)] if is_theirs else []


def _recordings(state: str, reader: Any) -> list[QuerySet[Lesson]]:
    """Return the lessons of the last days whose recording is in this state, for staff."""
    if not (may(reader, "list", "recording") and may(reader, "list", "member")):
        return []
    recent = library_lessons(reader).filter(starts_at__gte=watched_since())
    return [recent.filter(recording_state_filter(state, timezone.now()))]


def _recording_list(state: str) -> str:
    return _address("classes:recordings", state=state, since=timezone.localtime(watched_since()).date())


def _recording_row(lesson: Lesson) -> WaitingRow:
    return _lesson_row(lesson)._replace(url=reverse("classes:recording", args=[lesson.pk]))


def _lesson_row(lesson: Lesson) -> WaitingRow:
    return WaitingRow(lesson.topic, lesson.get_absolute_url(), lesson.teacher.nickname, lesson.starts_at)


def _lesson_listing(
    place: int,
    icon: str,
    tone: str,
    act: str | Promise,
    url: Callable[[], str],
    row: Callable[[Lesson], WaitingRow] = _lesson_row,
    acts: tuple[RowAct, ...] = (),
) -> Listing:
    """Return the listing of a kind whose rows are lessons, the earliest first."""
    return Listing(place, icon, tone, act, url, row, ("teacher",), ("starts_at", "id"), acts, concerned_staff)


def _register_lesson_need(
    need: str,
    text: Promise,
    place: int,
    icon: str,
    tone: str,
    row: Callable[[Lesson], WaitingRow] = _lesson_row,
) -> None:
    """Register lessons that need attention for a reason; the list of lessons filters by the same one."""
    url = partial(_address, "classes:lessons", need=need)
    listing = _lesson_listing(place, icon, tone, _("Show lessons"), url, row)
    register_waiting(need, partial(_lessons_in_need, need), text, listing)


register_waiting(
    "alarms",
    _open_alarms,
    ngettext_lazy("%(n)d open alarm", "%(n)d open alarms", "n"),
    Listing(
        10,
        "alarm",
        "bad",
        _("Handle it"),
        partial(_address, "classes:alarms"),
        _alarm_row,
        ("lesson", "enterprise"),
        acts=(
            RowAct(_("Handle this"), "check", "classes:alarm_acknowledge", _right("acknowledge", "alarm")),
        ),
        concerned=concerned_staff,
    ),
)
register_waiting(
    "leave",
    _leave_to_answer,
    ngettext_lazy("%(n)d leave request", "%(n)d leave requests", "n"),
    Listing(
        20,
        "calendar-question",
        "warn",
        _("Answer"),
        partial(_address, "classes:leaves", state=Leave.State.REQUESTED),
        _leave_row,
        ("person",),
        ("begins_at", "id"),
        (
            RowAct(_("Approve"), "check", "classes:leave_answer", _ANSWER_LEAVE, "decision", "approve"),
            RowAct(
                _("Return"),
                "arrow-back-up",
                "classes:leave_answer",
                _ANSWER_LEAVE,
                "decision",
                "return",
                _("Sentence to the student"),
            ),
        ),
        concerned_staff,
    ),
)
register_waiting(
    "cover",
    _absences_to_cover,
    ngettext_lazy("%(n)d absence without cover", "%(n)d absences without cover", "n"),
    Listing(
        21,
        "user-off",
        "bad",
        _("Arrange cover"),
        partial(_address, "classes:absences", state="open"),
        _absence_row,
        ("teacher",),
        ("begins_at", "id"),
    ),
)
_register_lesson_need(
    "not_ready",
    ngettext_lazy("%(n)d lesson tomorrow is not ready", "%(n)d lessons tomorrow are not ready", "n"),
    22,
    "alert-triangle",
    "bad",
)
_register_lesson_need(
    "to_make_up",
    ngettext_lazy(
        "%(n)d cancelled lesson without a make-up lesson",
        "%(n)d cancelled lessons without a make-up lesson",
        "n",
    ),
    23,
    "calendar-repeat",
    "warn",
)
register_waiting(
    "registers",
    _registers_to_close,
    ngettext_lazy("%(n)d register to close", "%(n)d registers to close", "n"),
    _lesson_listing(
        30,
        "clipboard-check",
        "warn",
        _("Close registers"),
        partial(_address, "classes:report_registers"),
        _register_row,
        (RowAct(_("Close register"), "lock", "classes:register_close", _right("close", "attendance")),),
    ),
)
_register_lesson_need(
    "provisional",
    ngettext_lazy("%(n)d register is provisional", "%(n)d registers are provisional", "n"),
    31,
    "list-check",
    "warn",
    _register_row,
)
_register_lesson_need(
    "contradicted",
    ngettext_lazy(
        "%(n)d register contradicted by messages from iclass",
        "%(n)d registers contradicted by messages from iclass",
        "n",
    ),
    32,
    "arrows-diff",
    "warn",
    _register_row,
)
register_waiting(
    "appeals",
    _appeals_to_answer,
    ngettext_lazy("%(n)d open appeal", "%(n)d open appeals", "n"),
    Listing(
        33,
        "message-report",
        "warn",
        _("Answer"),
        partial(_address, "classes:appeals", state=Appeal.State.OPEN),
        _appeal_row,
        ("person", "lesson"),
        ("id",),
        concerned=concerned_staff,
    ),
)
register_waiting(
    "warnings",
    lambda reader: [new_warnings(reader)],
    ngettext_lazy("%(n)d new warning", "%(n)d new warnings", "n"),
    Listing(
        34,
        "user-exclamation",
        "warn",
        _("Handle it"),
        partial(_address, "classes:warnings", state=AttendanceWarning.State.OPEN),
        _warning_row,
        ("person",),
        acts=(
            RowAct(
                _("Handle this"),
                "check",
                "classes:warning_acknowledge",
                _HANDLE_WARNING,
            ),
            RowAct(
                _("Close the warning"),
                "circle-check",
                "classes:warning_close",
                _HANDLE_WARNING,
            ),
        ),
        concerned=concerned_staff,
    ),
)
_register_lesson_need(
    "double",
    ngettext_lazy("%(n)d lesson may be a duplicate", "%(n)d lessons may be duplicates", "n"),
    43,
    "copy",
    "bad",
)
register_waiting(
    "recordings_failed",
    partial(_recordings, "failed"),
    ngettext_lazy(
        "%(n)d recording of the last seven days failed", "%(n)d recordings of the last seven days failed", "n"
    ),
    _lesson_listing(
        50, "video-off", "bad", _("Show recordings"), partial(_recording_list, "failed"), _recording_row
    ),
)
register_waiting(
    "recordings_missing",
    partial(_recordings, "missing"),
    ngettext_lazy(
        "%(n)d recording of the last seven days is missing",
        "%(n)d recordings of the last seven days are missing",
        "n",
    ),
    _lesson_listing(
        51, "video-off", "bad", _("Show recordings"), partial(_recording_list, "missing"), _recording_row
    ),
)
_register_lesson_need(
    "not_held",
    ngettext_lazy("%(n)d lesson this week was not held", "%(n)d lessons this week were not held", "n"),
    52,
    "calendar-x",
    "warn",
)
