"""The webhook events of lessons: timetable, attendance, recordings and alarms."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from classes.models import Lesson
from console.webhooks.events import EventField, EventSource, EventType, register_event

_LESSON = EventField("NEW.id", "integer", "The lesson, as in `/api/v1/lessons/{id}/`.")
_LESSON_OF_ROW = EventField("NEW.lesson_id", "integer", "The lesson, as in `/api/v1/lessons/{id}/`.")
_OF_LESSON = "(SELECT enterprise_id FROM classes_lesson WHERE id = NEW.lesson_id)"
_LESSON_FIELDS = {
    "lesson": _LESSON,
    "class_id": EventField("NEW.remote_id", "string", "Its ID at iclass; empty until iclass has created it."),
    "course": EventField("NEW.course_id", "integer", "The course, null without one."),
    "teacher": EventField(
        "(SELECT user_id FROM accounts_user WHERE id = NEW.teacher_id)", "string", "User ID of the teacher."
    ),
    "starts_at": EventField("NEW.starts_at", "date-time", "The planned start."),
    "ends_at": EventField("NEW.ends_at", "date-time", "The planned end."),
}
_MOVED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in ("topic", "teacher_id", "starts_at", "ends_at", "class_type")
)


def lesson_details(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return topic and teacher of the lesson of an event; None if there is none."""
    rows = Lesson.objects.select_related("teacher")
    lesson = rows.filter(pk=data["lesson"]).first() if data["lesson"] else None
    return {"topic": lesson.topic, "teacher_nickname": lesson.teacher.nickname} if lesson else None


def _lesson_event(name: str, label: Any, meaning: str, *sources: EventSource) -> EventType:
    return EventType(
        name,
        label,
        meaning,
        model="classes.Lesson",
        sources=sources,
        subject="lesson",
        fields=_LESSON_FIELDS,
        details=lesson_details,
    )


def _update(condition: str) -> EventSource:
    return EventSource("UPDATE", condition)


for _event in (
    _lesson_event(
        "lesson.scheduled",
        _("Lesson scheduled"),
        "A lesson was scheduled, came in from iclass, or a cancellation was taken back.",
        EventSource("INSERT", "NEW.cancelled_at IS NULL"),
        _update("OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS NULL"),
    ),
    _lesson_event(
        "lesson.changed",
        _("Lesson changed"),
        "Topic, type, teacher, start or end of a lesson changed. Its members are not part of it.",
        _update(f"NEW.cancelled_at IS NULL AND OLD.cancelled_at IS NULL AND ({_MOVED})"),
    ),
    _lesson_event(
        "lesson.cancelled",
        _("Lesson cancelled"),
        "A lesson was cancelled.",
        _update("OLD.cancelled_at IS NULL AND NEW.cancelled_at IS NOT NULL"),
    ),
    _lesson_event(
        "lesson.started",
        _("Lesson started"),
        "A lesson began in its classroom.",
        _update("OLD.status <> 'ing' AND NEW.status = 'ing'"),
    ),
    _lesson_event(
        "lesson.ended",
        _("Lesson ended"),
        "A lesson ended in its classroom.",
        _update("OLD.status <> 'end' AND NEW.status = 'end'"),
    ),
    _lesson_event(
        "attendance.final",
        _("Attendance final"),
        "The marks of a lesson no longer change by themselves: `/api/v1/lessons/{id}/attendance/`.",
        _update("OLD.final_at IS NULL AND NEW.final_at IS NOT NULL"),
    ),
    _lesson_event(
        "register.closed",
        _("Register closed"),
        "The register of a lesson was closed.",
        _update("OLD.register_closed_at IS NULL AND NEW.register_closed_at IS NOT NULL"),
    ),
    EventType(
        "attendance.corrected",
        _("Attendance corrected"),
        "A mark was set by hand, or a mark set by hand was taken back.",
        model="classes.Correction",
        sources=(EventSource("INSERT"),),
        subject="lesson",
        subject_id="NEW.lesson_id",
        school=_OF_LESSON,
        fields={
            "lesson": _LESSON_OF_ROW,
            "user_id": EventField("NEW.user_id", "string", "User ID of the person whose mark it is."),
        },
        details=lesson_details,
    ),
    EventType(
        "recording.ready",
        _("Recording ready"),
        "A track of a recording came in.",
        model="classes.Recording",
        sources=(EventSource("INSERT"),),
        subject="recording",
        fields={
            "recording": EventField("NEW.id", "integer", "The track, as in `/api/v1/recordings/{id}/`."),
            "lesson": EventField("NEW.lesson_id", "integer", "The lesson, null while it is unknown."),
            "video_id": EventField("NEW.video_id", "string", "Its ID at iclass."),
        },
        details=lesson_details,
    ),
    EventType(
        "recording.missing",
        _("Recording missing"),
        "A running lesson is not being recorded although it should be: the alarm of this kind was raised.",
        model="classes.Alarm",
        sources=(
            EventSource("INSERT", "NEW.kind = 'recording_missing' AND NEW.resolved_at IS NULL"),
            _update(
                "NEW.kind = 'recording_missing' AND OLD.resolved_at IS NOT NULL AND NEW.resolved_at IS NULL"
            ),
        ),
        subject="alarm",
        fields={"lesson": _LESSON_OF_ROW},
        details=lesson_details,
    ),
    *(
        EventType(
            name,
            label,
            meaning,
            model="classes.Alarm",
            sources=sources,
            subject="alarm",
            fields={
                "alarm": EventField("NEW.id", "integer", "The alarm."),
                "kind": EventField("NEW.kind", "string", "Its kind, such as `teacher_out`."),
                "number": EventField("NEW.number", "integer", "A count for the kind, 0 without one."),
                "lesson": EventField("NEW.lesson_id", "integer", "The lesson, null for the whole school."),
                "raised_at": EventField("NEW.raised_at", "date-time", "When it was raised."),
            },
            details=lesson_details,
        )
        for name, label, meaning, sources in (
            (
                "alarm.raised",
                _("Alarm raised"),
                "An alarm was raised, or raised again.",
                (
                    EventSource("INSERT", "NEW.resolved_at IS NULL"),
                    _update("OLD.resolved_at IS NOT NULL AND NEW.resolved_at IS NULL"),
                ),
            ),
            (
                "alarm.cleared",
                _("Alarm cleared"),
                "The cause of an alarm has ended.",
                (_update("OLD.resolved_at IS NULL AND NEW.resolved_at IS NOT NULL"),),
            ),
        )
    ),
):
    register_event(_event)
