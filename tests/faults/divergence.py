"""A school and a service that drift apart at random, and the judge of what became of each thing.

Things are lessons, people and documents. They are changed, added and deleted at the service by signed calls
of others, and here by services. Afterwards each has to be the same on both sides, or to stand on the desk of
differences with what the service really has.
"""

import itertools
import random
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, User
from accounts.people.services import edit_person, register_person
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import Lesson
from console.mirror import registry
from console.outbox import relay
from console.outbox.states import SyncState
from documents.models import Document
from documents.services import add_document, delete_document
from tests.faults.sizes import deal
from tests.support.iclass_service import create_lesson
from tests.support.sandbox import Sandbox

#: What a person is shown on a desk, and can decide about.
LISTED_STATES = (SyncState.CHANGED_OUTSIDE, SyncState.GONE, SyncState.REFUSED, SyncState.NEEDS_YOU)
TABLES = ("accounts_user", "accounts_enterprise", "classes_lesson", "classes_member", "documents_document")
DAY = 86_400


@dataclass
class DivergenceResult:
    """`lost` and `doubled` hold a line for each thing that is not as it should be."""

    objects: int = 0
    healed: int = 0
    listed: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def assert_well(self) -> None:
        assert not self.lost, f"lost {len(self.lost)}: {self.lost[:3]}"
        assert not self.doubled, f"doubled {len(self.doubled)}: {self.doubled[:3]}"


class DivergentSchool:
    """The school here and its twin at the service."""

    def __init__(self, service: Sandbox, school: Enterprise, alice: User, bob: User, dice: random.Random):
        self.service, self.school, self.alice, self.bob, self.dice = service, school, alice, bob, dice
        self.tag = secrets.token_hex(3)
        self.made = 0

    def call(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.service.call(endpoint, body, self.school.sdkappid)

    # At the service, by others.

    def people_there(self, many: int) -> None:
        lines = [
            {"user_id": self._name("u"), "role": "student", "nickname": self._name("N")} for _ in range(many)
        ]
        for start in range(0, many, 100):
            assert self.call("user/register", {"list": lines[start : start + 100]})["error_code"] == 0

    def create_lesson_remotely(self, members: list[str]) -> None:
        start = int(timezone.now().timestamp()) + DAY + self.made * 60
        told = self.call(
            "class/create",
            {
                "teacher_id": "bob", "class_topic": self._name("T"), "class_type": "1vN",
                "start_time": start, "stop_time": start + 2700, "admin_id": "administrator",
                "admin_sig": "x", "members": [{"role": "student", "user_id": one} for one in members],
            },
        )  # fmt: skip
        assert told["error_code"] == 0, told

    def create_document_remotely(self) -> None:
        owner = self.dice.choice(["bob", "alice", ""])
        body = {"doc_url": "https://files.example/a.ppt", "doc_name": self._name("D"), "doc_ext": "ppt"}
        assert self.call("document/add", body | {"owner": owner, "doc_size": 7})["error_code"] == 0

    def _name(self, sort: str) -> str:
        self.made += 1
        return f"{sort}{self.tag}.{self.made}"

    def plant(self, objects: int) -> None:
        """Half people, a third lessons, the rest documents; most made outside, some of each made here."""
        people, lessons = objects // 2, objects // 3
        self.people_there(people - 10)
        known = [f"u{self.tag}.{n}" for n in range(1, 2 * (people - 10), 2)][:20]
        for _ in range(lessons - 10):
            self.create_lesson_remotely(self.dice.sample(known, 2))
        for _ in range(objects - people - lessons - 5):
            self.create_document_remotely()
        for _ in range(10):
            self.create_person_locally()
            self.create_lesson_locally()
        for _ in range(5):
            self.create_document_locally()
        self.cycle()

    # Here, by services.

    def create_person_locally(self) -> None:
        name = self._name("h")
        register_person(enterprise=self.school, by=self.alice, user_id=name, nickname=name, role="student")

    def create_lesson_locally(self) -> None:
        create_lesson(self.bob, self.alice, topic=self._name("H"))

    def create_document_locally(self) -> None:
        add_document(
            enterprise=self.school, name=self._name("F"), ext="ppt", url="https://files.example/f.ppt",
            owner=self.bob, by=self.alice,
        )  # fmt: skip

    def diverge(self, times: int) -> Counter[str]:
        """Random changes on both sides; what is refused for good reasons is no change."""
        acts: dict[str, Callable[[], None]] = {
            "person changed there": self._change_person_remotely,
            "person changed here": self._change_person_locally,
            "lesson changed there": self._change_lesson_remotely,
            "members changed there": self._change_members_remotely,
            "lesson changed here": self._change_lesson_locally,
            "lesson begun there": lambda: self._class("class/start", {}),
            "lesson deleted there": lambda: self._class("class/delete", {}),
            "lesson cancelled here": lambda: cancel_lesson(lesson=self._lesson(), by=self.alice),
            "document deleted there": lambda: self._ignored(
                "document/delete", {"doc_ids": [self._document().remote_id]}
            ),
            "document deleted here": lambda: delete_document(document=self._document(), by=self.alice),
            "person added there": lambda: self.people_there(1),
            "lesson added there": lambda: self.create_lesson_remotely([]),
            "document added there": self.create_document_remotely,
            "person added here": self.create_person_locally,
            "lesson added here": self.create_lesson_locally,
            "document added here": self.create_document_locally,
        }
        done: Counter[str] = Counter()
        self._load()
        for name in itertools.islice(deal(self.dice, list(acts)), times):
            try:
                acts[name]()
                done[name] += 1
            except ValidationError:
                done["refused here"] += 1
        return done

    def _load(self) -> None:
        """In an order that a seed repeats."""
        self.lessons = list(
            Lesson.objects.filter(enterprise=self.school).exclude(remote_id="").order_by("pk")
        )
        self.people = list(
            User.objects.filter(enterprise=self.school, user_id__contains=self.tag).order_by("pk")
        )
        self.documents = list(
            Document.objects.filter(enterprise=self.school).exclude(remote_id="").order_by("pk")
        )

    def _lesson(self) -> Lesson:
        return Lesson.objects.get(pk=self.dice.choice(self.lessons).pk)

    def _document(self) -> Document:
        return Document.objects.get(pk=self.dice.choice(self.documents).pk)

    def _ignored(self, endpoint: str, body: dict[str, Any]) -> None:
        self.call(endpoint, body)  # a refusal changes nothing

    def _class(self, endpoint: str, body: dict[str, Any]) -> None:
        self._ignored(endpoint, {"class_id": self._lesson().class_id} | body)

    def _change_person_remotely(self) -> None:
        change = self.dice.choice(
            [{"nickname": self._name("X")}, {"phone_no": str(self.made)}, {"role": "assistant"}]
        )
        self._ignored("user/profile/modify", {"user_id": self.dice.choice(self.people).user_id} | change)

    def _change_person_locally(self) -> None:
        person = User.objects.get(pk=self.dice.choice(self.people).pk)
        edit_person(person=person, by=self.alice, nickname=self._name("Y"))

    def _change_lesson_remotely(self) -> None:
        change = self.dice.choice(
            [{"class_topic": self._name("X")}, {"settings": {"bitrate": 900 + self.made}}]
        )
        self._class("class/modify", change)

    def _change_members_remotely(self) -> None:
        if self.dice.random() < 0.5:
            who = self.dice.choice(self.people).user_id
            self._class("member/add", {"list": [{"role": "student", "user_id": who}]})
            return
        lesson = self._lesson()
        if some := list(lesson.members.values_list("user__user_id", flat=True)[:1]):
            self._ignored("member/delete", {"class_id": lesson.class_id, "list": some})

    def _change_lesson_locally(self) -> None:
        edit_lesson(lesson=self._lesson(), by=self.alice, topic=self._name("Y"))

    def cycle(self) -> int:
        """What worker and beat do once; how many mirrored rows the walks wrote."""
        relay.drain()
        reports = registry.reconcile(self.school)
        assert all(report.complete for report in reports.values()), reports
        relay.drain()
        return sum(report.writes for report in reports.values())


def row_versions() -> dict[str, Any]:
    """The transaction that last wrote each row of the mirrored tables."""
    told = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT id, xmin::text FROM {table}")  # noqa: S608
            told[table] = dict(cursor.fetchall())
    return told


def count_written(before: dict[str, Any], after: dict[str, Any]) -> int:
    return sum(
        after[table].get(pk) != before[table].get(pk)
        for table in TABLES
        for pk in before[table].keys() | after[table].keys()
    )
