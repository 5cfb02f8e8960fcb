"""Somebody leaves: which lessons go on without them, and what evidence says of them once they are erased."""

from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.erasing import erased_name, scrub_json
from accounts.impact import Touched, touched
from accounts.models import User
from classes.models import Appeal, Attendance, Correction, Credit, Entry, Leave, Observation, Samples
from classes.queries import lessons_of_person
from console.audit.personal import scrubber

#: Lessons that are told one by one.
TOLD = 200


@touched
def _lessons(person: User, reader: Any) -> list[Touched]:
    """Lessons to come that the person teaches or is expected in, the next first."""
    coming, _before = lessons_of_person(reader, person)
    coming = coming.filter(cancelled_at=None).order_by("starts_at", "id")[:TOLD]
    return [
        Touched(
            f"{localtime(lesson.starts_at):%Y-%m-%d %H:%M} · {lesson.topic}",
            lesson.get_absolute_url(),
            _("teaches it") if lesson.teacher_id == person.pk else _("is expected"),
        )
        for lesson in coming
    ]


@scrubber("evidence")
def _evidence(person: User) -> int:
    """The name in polls and history; times and presence stay, and so do the marks that follow from them."""
    mine = Observation.objects.filter(lesson__enterprise=person.enterprise, user_id=person.user_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.erasing', 'on', true)")
        named = mine.exclude(nickname="").update(nickname="")
        raw = scrub_json(mine.exclude(raw={}), "raw", person.user_id)
        cursor.execute("SELECT set_config('console.erasing', 'off', true)")
    return named + raw


@scrubber("register")
def _register(person: User) -> int:
    """The name on registers, and at the door of a lesson."""
    marks = Q(person=person) | Q(lesson__enterprise=person.enterprise, user_id=person.user_id)
    entries = Entry.objects.filter(person=person).exclude(nickname="")
    for row in Attendance.objects.filter(marks, reason__has_key="hand"):
        row.reason["hand"]["reason"] = ""
        row.save(update_fields=["reason"])
    return Attendance.objects.filter(marks).update(nickname=erased_name()) + entries.update(nickname="")


@scrubber("judgements")
def _judgements(person: User) -> int:
    """What was written about the person: reasons of corrections and leave, appeals and their answers."""
    written = Q(person=person) | Q(lesson__enterprise=person.enterprise, user_id=person.user_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('console.erasing', 'on', true)")
        count = Correction.objects.filter(written).exclude(reason="").update(reason="")
        cursor.execute("SELECT set_config('console.erasing', 'off', true)")
    appeals = Appeal.objects.filter(person=person)
    for appeal in appeals:
        appeal.evidence.get("facts", {}).pop("hand", None)
        appeal.text = appeal.answer = ""
        appeal.save(update_fields=["text", "answer", "evidence"])
    count += Leave.objects.filter(person=person).exclude(reason="").update(reason="")
    count += Credit.objects.filter(person=person).exclude(reason="").update(reason="")
    return count + len(appeals)


@scrubber("samples")
def _samples(person: User) -> int:
    """How often the person's devices were on: no mark needs it, so it goes."""
    return Samples.objects.filter(person=person).delete()[0]
