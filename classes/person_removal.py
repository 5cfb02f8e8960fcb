"""Impact of removing a person on lessons, and erasure of their personal data."""

from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people.erasure import erased_name, scrub_json
from accounts.people.impact import ImpactItem, register_impact_source
from classes.attendance.leave_files import delete_files
from classes.lessons.queries import lessons_of_person
from classes.models import (
    AbsenceCall,
    Appeal,
    Attendance,
    Correction,
    EngagementSample,
    Entry,
    GuestCredit,
    Leave,
    LeaveFile,
    Observation,
    Subject,
    TeacherAbsence,
    WarningFollowUp,
)
from console.audit.personal_data import register_scrubber


@register_impact_source
def _upcoming_lessons(person: User, reader: Any) -> list[ImpactItem]:
    """Return the upcoming lessons that the person teaches or is expected in, the next first."""
    upcoming, _past = lessons_of_person(reader, person)
    upcoming = upcoming.filter(cancelled_at=None).order_by("starts_at", "id")
    return [
        ImpactItem(
            f"{localtime(lesson.starts_at):%Y-%m-%d %H:%M} · {lesson.topic}",
            lesson.get_absolute_url(),
            _("teaches") if lesson.teacher_id == person.pk else _("expected"),
        )
        for lesson in upcoming
    ]


@register_scrubber("evidence")
def _scrub_evidence(person: User) -> int:
    """Erase the name in polls and history. Times, presence and the resulting marks stay."""
    observations = Observation.objects.filter(lesson__enterprise=person.enterprise, user_id=person.user_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.erasing', 'on', true)")
        named = observations.exclude(nickname="").update(nickname="")
        raw = scrub_json(observations.exclude(raw={}), "raw", person.user_id)
        cursor.execute("SELECT set_config('console.erasing', 'off', true)")
    return named + raw


@register_scrubber("register")
def _scrub_register(person: User) -> int:
    """Erase the name in registers and room entries."""
    marks = Q(person=person) | Q(lesson__enterprise=person.enterprise, user_id=person.user_id)
    entries = Entry.objects.filter(person=person).exclude(nickname="")
    stored = Attendance.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    for row in stored.filter(marks, reason__has_key="hand"):
        row.reason["hand"]["reason"] = ""
        row.save(update_fields=["reason"])
    return Attendance.objects.filter(marks).update(nickname=erased_name()) + entries.update(nickname="")


@register_scrubber("judgements")
def _scrub_decisions(person: User) -> int:
    """Erase texts about the person: reasons of corrections, leave and absences, appeals and their answers.

    Open requests for leave are withdrawn. The kind of leave is erased, too: it may tell of an illness.
    """
    written = Q(person=person) | Q(lesson__enterprise=person.enterprise, user_id=person.user_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.erasing', 'on', true)")
        count = Correction.objects.filter(written).exclude(reason="").update(reason="")
        cursor.execute("SELECT set_config('console.erasing', 'off', true)")
    stored = Appeal.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    appeals = stored.filter(person=person)
    for appeal in appeals:
        appeal.evidence.get("facts", {}).pop("hand", None)
        appeal.text = appeal.answer = ""
        appeal.save(update_fields=["text", "answer", "evidence"])
    leaves = Leave.objects.filter(person=person)
    leaves.filter(state=Leave.State.REQUESTED).update(
        state=Leave.State.WITHDRAWN, withdrawn_at=timezone.now()
    )
    texts = leaves.exclude(reason="", answer="", kind=Leave.Kind.OTHER)
    count += texts.update(reason="", answer="", kind=Leave.Kind.OTHER)
    count += TeacherAbsence.objects.filter(teacher=person).update(kind=TeacherAbsence.Kind.OTHER, note="")
    count += GuestCredit.objects.filter(person=person).exclude(reason="").update(reason="")
    return count + len(appeals)


@register_scrubber("leave_files")
def _delete_leave_files(person: User) -> int:
    """Delete the attachments of leave."""
    return delete_files(LeaveFile.objects.filter(leave__person=person))


@register_scrubber("subjects")
def _leave_subjects(person: User) -> int:
    """Remove an erased person from the teachers of subjects."""
    return Subject.teachers.through.objects.filter(user=person).delete()[0]


@register_scrubber("samples")
def _delete_samples(person: User) -> int:
    """Delete the engagement samples, which no mark needs."""
    return EngagementSample.objects.filter(person=person).delete()[0]


@register_scrubber("calls")
def _scrub_calls(person: User) -> int:
    """Erase the notes of calls to an erased person."""
    return AbsenceCall.objects.filter(person=person).exclude(note="").update(note="")


@register_scrubber("follow_ups")
def _scrub_follow_ups(person: User) -> int:
    """Erase what people wrote about warnings of an erased person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.erasing', 'on', true)")
        count = WarningFollowUp.objects.filter(warning__person=person).exclude(text="").update(text="")
        cursor.execute("SELECT set_config('console.erasing', 'off', true)")
    return count
