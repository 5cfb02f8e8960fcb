"""What the console holds about people in lessons, attendance and recordings: for the copy of their data."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from classes.attendance.explanation import explain_mark
from classes.attendance.thresholds.sentences import cause_sentence
from classes.models import (
    Attendance,
    CallbackDifference,
    Correction,
    Course,
    Cover,
    ExportSchedule,
    GradeRevision,
    LeaveFile,
    Observation,
    Recording,
    Register,
    Stay,
    WarningFollowUp,
)
from console.audit.held_data import (
    THE_PERSON,
    HeldFile,
    Subject,
    facts_about,
    reference,
    register_exclusion,
    register_holding,
)


def _marks(person: Any) -> Any:
    """Return the person's marks; an early one may know the user ID only."""
    own = Q(person=person) | Q(lesson__enterprise=person.enterprise_id, user_id=person.user_id)
    return Attendance.objects.filter(own)


def _in_own_lessons(model: Any) -> Callable[[Any], Any]:
    """Return the rows with the person's user ID in the lessons where they have a mark: there is an index."""

    def rows(person: Any) -> Any:
        return model.objects.filter(lesson__in=_marks(person).values("lesson"), user_id=person.user_id)

    return rows


def _corrections(person: Any) -> Any:
    own = Q(person=person) | Q(lesson__in=_marks(person).values("lesson"), user_id=person.user_id)
    return Correction.objects.filter(own)


def _grade_revisions(person: Any) -> Any:
    return GradeRevision.objects.filter(course__in=_marks(person).values("lesson__course"))


def _attachment(row: LeaveFile) -> Iterable[HeldFile]:
    """Yield the attachment; one that is gone from the storage is named in the rows only."""

    def read() -> bytes | None:
        try:
            with row.file.open() as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    yield HeldFile(f"leave-{row.leave_id}-{row.pk}.{row.ext}", str(row.file.name), row.bytes, read)


def _registers(person: Any) -> Any:
    return Register.objects.filter(lesson__in=_marks(person).values("lesson"))


def _recordings(person: Any) -> Any:
    """Return the tracks of the person, and those of lessons in which they were."""
    been = _marks(person).filter(present_seconds__gt=0).values("lesson")
    tracks = Recording.objects.filter(enterprise=person.enterprise_id)
    return tracks.filter(Q(user_id=person.user_id) | Q(lesson__in=been))


def _courses(person: Any) -> Any:
    part = Q(teacher=person) | Q(assistants=person) | Q(members=person)
    found = Course.objects.filter(part, enterprise=person.enterprise_id).order_by().values("pk")
    return Course.objects.filter(pk__in=found)


def _covers(person: Any) -> Any:
    return Cover.objects.filter(Q(absent=person) | Q(covering=person))


def _follow_ups(person: Any) -> Any:
    return WarningFollowUp.objects.filter(warning__person=person)


def _sentence(row: Attendance, subject: Subject) -> str:
    """Return the reason of the mark, without the name of whoever corrected it."""
    facts = dict(row.reason)
    if hand := facts.get("hand"):
        facts["hand"] = {**hand, "by": _("the school")}
    return explain_mark(row.mark, facts, row.lesson.enterprise.tz)


def _person_or_role(column: str) -> Callable[[Any, Subject], str]:
    return lambda row, subject: reference(getattr(row, column), subject.person)


def _own_facts(column: str) -> Callable[[Any, Subject], Any]:
    return lambda row, subject: facts_about(getattr(row, column), subject.person.user_id)


LESSON_TIME = {"starts_at": lambda row, _subject: row.lesson.starts_at}
STARTS = {"starts_at": _("start of the lesson")}

register_holding(
    "classes.Course",
    found_by=("teacher", "assistants", "members"),
    rows=_courses,
    without=("rules", "skip", "make_up_skipped", "rrule"),
    values={"teacher": _person_or_role("teacher")},
    resource="course",
    own=True,
)
register_holding(
    "classes.Subject",
    found_by=("teachers",),
    without=("colour",),
    labels={"": _("Subjects taught")},
    resource="subject",
    own=True,
)
register_holding(
    "classes.Lesson",
    found_by=("teacher",),
    actors=("conflict_by",),
    without=(
        *("later_sent", "rules", "policy", "teacher_url", "student_url", "double_of", "facts_version"),
        *("history_digest", "history_reads", "history_lines", "history_total", "room_total", "room_counts"),
        *("revision", "auto_open_mic", "auto_open_camera", "bitrate", "max_on_mic", "capacity"),
    ),
    labels={"": _("Lessons taught"), "created_at": _("created at")},
    resource="lesson",
    own=True,
)
register_holding(
    "classes.Member",
    found_by=("user",),
    values=LESSON_TIME,
    labels={"": _("Lessons attended"), **STARTS},
)
register_holding(
    "classes.Attendance",
    found_by=("person",),
    rows=_marks,
    without=("user_id", "nickname"),
    values={"reason": _sentence, **LESSON_TIME},
    labels=STARTS,
    related=("lesson__enterprise",),
    resource="attendance",
    own=True,
)
register_holding(
    "classes.Stay",
    found_by=("user_id",),
    rows=_in_own_lessons(Stay),
    without=("user_id",),
    resource="attendance",
    own=True,
)
register_holding(
    "classes.Correction",
    found_by=("person",),
    actors=("by",),
    rows=_corrections,
    without=("user_id",),
    resource="attendance",
    own=True,
)
register_holding(
    "classes.GuestCredit",
    found_by=("person",),
    actors=("by", "undone_by"),
    # Pages write it for those who may match guests, not for the student.
    values={"reason": lambda row, subject: "" if subject.is_own else row.reason},
    resource="attendance",
    own=True,
)
register_holding("classes.Appeal", found_by=("person",), actors=("answered_by",), without=("evidence",))
register_holding("classes.Leave", found_by=("person",), actors=("answered_by", "by"))
register_holding(
    "classes.LeaveFile", found_by=("leave__person",), actors=("by",), without=("file",), files=_attachment
)
register_holding(
    "classes.AbsenceStreak", found_by=("person",), without=("level",), resource="attendance", own=True
)
register_holding(
    "classes.AttendanceWarning",
    found_by=("person",),
    actors=("acknowledged_by", "closed_by"),
    without=("changes",),
    values={"facts": lambda row, _subject: cause_sentence(row.facts)},
    labels={"facts": _("what happened")},
    resource="warning",
)
register_holding(
    "classes.WarningFollowUp",
    found_by=("warning__person",),
    actors=("by",),
    rows=_follow_ups,
    resource="warning",
)
register_holding("classes.AbsenceCall", found_by=("person",), actors=("by",), resource="call")
register_holding("classes.EngagementSample", found_by=("person",), resource="samples", own=True)
register_holding(
    "classes.Observation",
    found_by=("user_id",),
    rows=_in_own_lessons(Observation),
    without=("user_id",),
    values={"raw": _own_facts("raw")},
    resource="evidence",
)
register_holding(
    "classes.CallbackDifference",
    found_by=("user_id",),
    actors=("decided_by",),
    rows=_in_own_lessons(CallbackDifference),
    without=("user_id",),
    resource="evidence",
)
register_holding(
    "classes.Register",
    found_by=("body",),
    actors=("closed_by", "reopened_by"),
    rows=_registers,
    without=("reopen_reason",),
    values={"body": _own_facts("body")},
    labels={"body": _("what it says about the person")},
    resource="register",
)
register_holding(
    "classes.GradeRevision",
    found_by=("body",),
    actors=("fixed_by",),
    rows=_grade_revisions,
    values={"body": _own_facts("body")},
    labels={"body": _("what it says about the person")},
    resource="attendance_grade",
    own=True,
)
register_holding(
    "classes.Recording",
    found_by=("user_id",),
    rows=_recordings,
    without=("class_id", "url", "raw", "copy_sha256", "checked_at", "dead_since"),
    values={"user_id": lambda row, s: THE_PERSON if row.user_id == s.person.user_id else ""},
    labels={"": _("Recordings in which the person appears"), "user_id": _("track of")},
    resource="recording",
    own=True,
)
register_holding(
    "classes.Entry",
    found_by=("person",),
    without=("remote_id", "secrets_until", "devices"),
    resource="entry",
    own=True,
)
register_holding("classes.Feed", found_by=("person",), actors=("created_by",), without=("group",))
register_holding(
    "classes.MembershipNotice",
    found_by=("person",),
    without=("believes", "changes", "pending"),
    labels={"topic": _("topic"), "starts_at": _("starts at"), "ends_at": _("ends at")},
)
register_holding("classes.TeacherAbsence", found_by=("teacher",), actors=("by",))
register_holding(
    "classes.Cover",
    found_by=("absent", "covering"),
    actors=("by", "undone_by"),
    rows=_covers,
    without=("was_assistant",),
    values={name: _person_or_role(name) for name in ("absent", "covering")},
)
register_holding(
    "classes.ReportSchedule", found_by=("person",), actors=("created_by",), without=("due_at", "attempts")
)
register_holding(
    "classes.ExportSchedule",
    found_by=("owner", "recipients"),
    rows=lambda person: ExportSchedule.objects.filter(Q(owner=person) | Q(recipients=person)).distinct(),
    without=("due_at",),
)
register_holding(
    "classes.ExportRun",
    found_by=("requested_by",),
    without=("job", "reason", "rows", "bytes", "recipients", "left_out", "attached"),
)
register_holding(
    "classes.TimetableImport",
    found_by=("by",),
    without=("options", "counts", "seen", "kind", "headings", "columns", "left_out", "job"),
)

register_exclusion(
    "classes.TimetableRow", _("Rows of timetable files; what became of them is in the lessons.")
)
register_exclusion(
    "classes.AnnouncedState", _("What was announced about a lesson; the notifications are included.")
)
register_exclusion("classes.RollOver", _("Changes of the whole school; who made them is in the audit trail."))
register_exclusion("classes.Alarm", _("Alarms are about lessons; who handled them is in the audit trail."))
register_exclusion("classes.ThresholdRule", _("Rules of the school; who changed them is in the audit trail."))
