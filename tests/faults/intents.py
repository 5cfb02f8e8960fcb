"""A wish for each changing endpoint, uttered through the real services.

    for intent, subject in zip(INTENTS, subjects(world, INTENTS), strict=True):
        intent.act(world, subject)          # what a person does; its operation now waits

`world` is a school with a teacher and an administrator (`World(school, by, teacher)`). `subjects` makes what
has to be at the service before, many at a time. Each is new, so that two wishes never meet. `deed` does the
acting by name, for a child of the forge: `forge.killed(DEED, at=…, **order_of(intent, world, subject))`.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.people.services import edit_person, register_person, renew_entry_token
from accounts.school.services import edit_school
from classes.choices import ClassType
from classes.lessons.room_entries import add_to_room, create_visitor_pass, remove_from_room
from classes.lessons.services import cancel_lesson, edit_lesson, schedule_lesson, start_lesson, stop_lesson
from classes.models import Lesson
from console.outbox.models import Operation
from documents.models import Document
from documents.services import add_document, delete_document
from tests.faults.outbox_work import WORKING, drain_outbox

ON_PURPOSE = "Many at once, on purpose."
DEED = "tests.faults.intents:deed"


@dataclass(frozen=True)
class IntentContext:
    """Where wishes are uttered."""

    school: Enterprise
    by: User
    teacher: User

    def lesson(self, **fields: Any) -> Lesson:
        """A lesson of tomorrow, not sent yet; a name of its own for each."""
        starts_at = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
        plan = {
            "topic": f"Quadrille {secrets.token_hex(5)}",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=45),
            "conflict_reason": ON_PURPOSE,
        }
        return schedule_lesson(teacher=self.teacher, by=self.by, **plan | fields)

    def person(self) -> User:
        """A student, not registered yet."""
        user_id = f"card_{secrets.token_hex(5)}"
        return register_person(
            enterprise=self.school, by=self.by, user_id=user_id, nickname=user_id, role=Role.STUDENT
        )

    def document(self) -> Document:
        """A card of courseware, not sent yet."""
        name = f"Tarts {secrets.token_hex(5)}"
        url = f"https://files.example.com/{name.replace(' ', '-')}.pdf"
        return add_document(
            enterprise=self.school, name=name, ext="pdf", url=url, owner=self.teacher, by=self.by
        )


def wait_until_settled(row: Any) -> Any:
    """The row once everything owed for it is done."""
    if Operation.objects.filter(state__in=WORKING).exists():
        drain_outbox()
    row.refresh_from_db()
    assert row.remote_id, f"{row} did not reach the service: {row.sync_state} {row.sync_reason}"
    return row


@dataclass(frozen=True)
class Intent:
    """A wish that ends in calls of `endpoint`. `make` makes its subject, not sent yet (None: needs none)."""

    endpoint: str
    make: Callable[[IntentContext], Any]
    act: Callable[[IntentContext, Any], Any]


def subjects(world: IntentContext, intents: Sequence[Intent]) -> list[Any]:
    """A subject for each wish, settled at the service; one drain for all of them."""
    made = [intent.make(world) for intent in intents]
    return [row if row is None or isinstance(row, Enterprise) else wait_until_settled(row) for row in made]


def _nothing(world: IntentContext) -> None:
    return None


def _running(world: IntentContext) -> Lesson:
    lesson = world.lesson()
    start_lesson(lesson=lesson, by=world.by, confirmed=True)
    return lesson


def _open(world: IntentContext) -> Lesson:
    """A public lesson that begins in ten minutes, and somebody registered who may go in."""
    guest(world)
    soon = timezone.now() + timedelta(minutes=10)
    return world.lesson(class_type=ClassType.PUBLIC, starts_at=soon, ends_at=soon + timedelta(hours=2))


def _with_guest(world: IntentContext) -> Lesson:
    lesson = _open(world)
    add_to_room(lesson=lesson, person=guest(world), by=world.by)
    return lesson


def _for_guest(world: IntentContext) -> Lesson:
    guest(world)
    return world.lesson()


def guest(world: IntentContext) -> User:
    """The school's first student."""
    students = User.objects.filter(enterprise=world.school, role=Role.STUDENT)
    return students.order_by("pk").first() or world.person()


INTENTS = (
    Intent("user/register", _nothing, lambda world, _: world.person()),
    Intent(
        "user/profile/modify",
        IntentContext.person,
        lambda world, person: edit_person(person=person, by=world.by, nickname=f"Knave {person.pk}"),
    ),
    Intent(
        "user/token/update",
        IntentContext.person,
        lambda world, person: renew_entry_token(person=person, by=world.by),
    ),
    Intent(
        "business/modify",
        lambda world: world.school,
        lambda world, school: edit_school(
            school=Enterprise.objects.get(pk=school.pk),  # one school for all, as it is by now
            by=world.by,
            contact_user=f"Duchess {secrets.token_hex(3)}",
        ),
    ),
    Intent("class/create", _nothing, lambda world, _: world.lesson()),
    Intent(
        "class/modify",
        IntentContext.lesson,
        lambda world, lesson: edit_lesson(lesson=lesson, by=world.by, topic=f"{lesson.topic} again"),
    ),
    Intent(
        "class/delete", IntentContext.lesson, lambda world, lesson: cancel_lesson(lesson=lesson, by=world.by)
    ),
    Intent(
        "class/start",
        IntentContext.lesson,
        lambda world, lesson: start_lesson(lesson=lesson, by=world.by, confirmed=True),
    ),
    Intent("class/stop", _running, lambda world, lesson: stop_lesson(lesson=lesson, by=world.by)),
    Intent(
        "member/add",
        _for_guest,
        lambda world, lesson: edit_lesson(
            lesson=lesson, by=world.by, students=[guest(world)], conflict_reason=ON_PURPOSE
        ),
    ),
    Intent(
        "member/delete",
        lambda world: world.lesson(students=[guest(world)]),
        lambda world, lesson: edit_lesson(lesson=lesson, by=world.by, students=[]),
    ),
    Intent(
        "member/join",
        _open,
        lambda world, lesson: add_to_room(lesson=lesson, person=guest(world), by=world.by),
    ),
    Intent(
        "member/quit",
        _with_guest,
        lambda world, lesson: remove_from_room(lesson=lesson, person=guest(world), by=world.by),
    ),
    Intent(
        "member/visitor/join",
        _open,
        lambda world, lesson: create_visitor_pass(lesson=lesson, nickname="Gryphon", by=world.by),
    ),
    Intent("document/add", _nothing, lambda world, _: world.document()),
    Intent(
        "document/delete",
        IntentContext.document,
        lambda world, document: delete_document(document=document, by=world.by),
    ),
)
BY_ENDPOINT = {intent.endpoint: intent for intent in INTENTS}
MODELS = {"user": User, "lesson": Lesson, "document": Document, "enterprise": Enterprise}


def deed(endpoint: str, subject: tuple[str, int] | None, school: int, by: int, teacher: int) -> None:
    """Utter a wish in a child of the forge; `subject` is (model name, number)."""
    world = IntentContext(
        Enterprise.objects.get(pk=school), User.objects.get(pk=by), User.objects.get(pk=teacher)
    )
    row = MODELS[subject[0]].objects.get(pk=subject[1]) if subject else None
    BY_ENDPOINT[endpoint].act(world, row)


def order_of(intent: Intent, world: IntentContext, subject: Any) -> dict[str, Any]:
    """The arguments of `deed` for a child."""
    named = (subject._meta.model_name, subject.pk) if subject else None
    return {
        "endpoint": intent.endpoint,
        "subject": named,
        "school": world.school.pk,
        "by": world.by.pk,
        "teacher": world.teacher.pk,
    }
