"""What children of the plant's forge do: found a school, utter wishes, look, judge."""

import random
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from accounts.models import Enterprise, Role, User
from accounts.people.services import edit_person
from accounts.school.services import pull_school
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import Lesson
from console.inbox.models import Callback
from console.inbox.spool import count_waiting_files
from console.outbox.models import Attempt
from console.policy.tokens import issue_token
from documents.models import Document
from tests.faults.attached import RunningSandbox
from tests.faults.intents import IntentContext
from tests.faults.oracle import LISTS, Oracle
from tests.faults.outbox_work import drain_outbox, unfinished_operations


def found(sdkappid: int, key: str) -> dict[str, Any]:
    """Make the school with Alice and Bob; its numbers and the secret of its callback address."""
    told = found_alone(sdkappid, key)
    school = Enterprise.objects.get(pk=told["school"])
    pull_school(school=school, by=None)
    drain_outbox()
    school.refresh_from_db()
    assert school.private_key, list(Attempt.objects.values("outcome", "error_code", "message"))
    return told


def found_alone(sdkappid: int, key: str) -> dict[str, Any]:
    """The same without the service."""
    school = Enterprise.objects.create(name="Wonderland", sdkappid=sdkappid, tic_key=key)
    people = {
        name: User.objects.create(enterprise=school, user_id=name, role=role, nickname=name)
        for name, role in (("alice", Role.ADMIN), ("bob", Role.TEACHER))
    }
    ids = {name: person.pk for name, person in people.items()}
    token = issue_token(people["alice"], scopes=["groups:write"])
    return ids | {"school": school.pk, "callback_token": school.callback_token, "token": token}


def load(ids: dict[str, Any], wishes: int, pause_s: float) -> dict[str, Any]:
    """Utter wishes until so many were accepted; one that meets an absent database is uttered anew.

    Answers which rows had been made when their service had returned: none of them may be missing later.
    """
    accepted: list[tuple[str, int]] = []
    until = time.monotonic() + 300
    while len(accepted) < wishes and time.monotonic() < until:
        try:
            world = IntentContext(
                Enterprise.objects.get(pk=ids["school"]),
                User.objects.get(pk=ids["alice"]),
                User.objects.get(pk=ids["bob"]),
            )
            row = random.choice(WISHES)(world)
            accepted.append((row._meta.model_name, row.pk))
        except (DatabaseError, InterfaceError):
            connection.close()
        time.sleep(pause_s)
    return {"accepted": accepted}


def _changed_lesson(world: IntentContext) -> Any:
    lesson = Lesson.objects.filter(cancelled_at=None).order_by("?").first()
    if lesson is None:
        return world.lesson()
    return edit_lesson(lesson=lesson, by=world.by, bitrate=random.randrange(200, 2000))


def _cancelled_lesson(world: IntentContext) -> Any:
    return cancel_lesson(lesson=Lesson.objects.order_by("?").first() or world.lesson(), by=world.by)


def _changed_person(world: IntentContext) -> Any:
    person = User.objects.filter(role=Role.STUDENT).order_by("?").first()
    if person is None:
        return world.person()
    return edit_person(person=person, by=world.by, nickname=f"Lory {random.randrange(10**6)}")


WISHES = (
    IntentContext.lesson, IntentContext.lesson, IntentContext.person, IntentContext.document,
    _changed_lesson, _changed_person, _cancelled_lesson,
)  # fmt: skip


def standing() -> dict[str, int]:
    """What is left to do."""
    return {
        "operations": unfinished_operations().count(),
        "callbacks": Callback.objects.filter(state="waiting").count(),
        "spooled": count_waiting_files(),
    }


MODELS: dict[str, Any] = {"user": User, "lesson": Lesson, "document": Document}


def judge(url: str, keys: dict[str, str], since: int, accepted: list[tuple[str, int]]) -> dict[str, Any]:
    """The oracle's verdict on everything; `events` are the markers that reached the table."""
    service = RunningSandbox(url, {int(app): key for app, key in keys.items()})
    verdict = Oracle(service, since=since).judge()
    bad = [f"{name}: {line}" for name in LISTS for line in getattr(verdict, name)]
    missing = [f"lost: {name} {pk}" for name, pk in accepted if not MODELS[name].objects.filter(pk=pk)]
    events = list(Callback.objects.filter(event="local_record_callback").values_list("class_id", flat=True))
    return {"figures": verdict.figures(), "bad": bad + missing, "events": events}
