"""One school of the model: its rows here, its twin at the service, and the post between them.

Wishes go through the services of the console; what others do there are signed calls. Which thing is meant is
a number drawn by lot, taken modulo how many there are, so that a history can be told again.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.mirror.upsert import desired_person_fields
from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from accounts.people.services import edit_person, register_person
from accounts.school.services import edit_school, pull_school
from classes.choices import ClassType
from classes.lessons.room_entries import add_to_room, create_visitor_pass, remove_from_room
from classes.lessons.services import schedule_lesson
from classes.models import Lesson
from console.mirror.registry import mirrored_models
from console.outbox.states import SyncState
from documents.models import Document
from documents.services import add_document
from tests.support.sandbox import Sandbox

T = TypeVar("T")
FILE = "https://files.example.com/tarts.pdf"
#: Minutes from now at which lessons begin.
BEGINNINGS = (5, 30, 120, 1440)


def new_key(number: int) -> str:
    return f"{number:032d}"


@dataclass
class ModelSchool:
    """A school on both sides. `number` is its SDKAppID, unique over all examples of a run."""

    service: Sandbox
    number: int
    school: Enterprise = field(init=False)
    admin: User = field(init=False)
    teacher: User = field(init=False)
    made: int = 0
    keys_made: int = 0
    refused_locally: int = 0
    #: Classes and cards that others made; people whom others registered.
    outsiders: set[str] = field(default_factory=set)
    #: Things that others changed: of these the service need not have what we want.
    touched: set[str] = field(default_factory=set)
    #: Things that were ours and gone, and were made again under another id.
    former: set[str] = field(default_factory=set)
    #: Events that the service owes us, and those that we said we have: number → times.
    post: list[dict[str, Any]] = field(default_factory=list)
    told: dict[int, dict[str, Any]] = field(default_factory=dict)
    acknowledged: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        key = new_key(self.number)
        self.service.control(
            "enterprise", {"sdkappid": self.number, "tic_key": key, "room_url": self.service.url}
        )
        self.service.keys[self.number] = key
        staff = [{"user_id": "alice", "role": "admin"}, {"user_id": "bob", "role": "teacher"}]
        self.call("user/register", {"list": [one | {"nickname": one["user_id"]} for one in staff]})
        self.school = Enterprise.objects.create(name="Wonderland", sdkappid=self.number, tic_key=key)
        self.admin, self.teacher = self._staff("alice", Role.ADMIN), self._staff("bob", Role.TEACHER)
        pull_school(school=self.school, by=None)

    def _staff(self, user_id: str, role: str) -> User:
        person = User(enterprise=self.school, user_id=user_id, role=role, nickname=user_id)
        person.remote_id, person.sync_state = user_id, SyncState.IN_SYNC
        person.observed = desired_person_fields(person)
        person.save(force_insert=True)
        return person

    def name(self, sort: str) -> str:
        self.made += 1
        return f"{sort}{self.number % 100_000}.{self.made}"

    # Here.

    def attempt_command(self, act: Callable[[], Any]) -> None:
        """A wish that the console may refuse at once."""
        try:
            act()
        except (ValidationError, PermissionDenied):
            self.refused_locally += 1

    def lessons(self) -> list[Lesson]:
        mine = Lesson.objects.filter(enterprise=self.school).order_by("pk")
        return list(mine.select_related("enterprise", "teacher"))

    def known_lessons(self) -> list[Lesson]:
        return [one for one in self.lessons() if one.remote_id]

    def people(self) -> list[User]:
        mine = User.objects.filter(enterprise=self.school).exclude(user_id__in=("alice", "bob"))
        return list(mine.order_by("pk"))

    def students(self) -> list[User]:
        return [one for one in self.people() if one.role == Role.STUDENT and one.is_active]

    def documents(self) -> list[Document]:
        return list(Document.objects.filter(enterprise=self.school).order_by("pk"))

    def some_students(self, lot: int) -> list[User]:
        """A subset, by the bits of a number."""
        return [one for place, one in enumerate(self.students()) if lot >> (place % 16) & 1]

    def schedule(self, lot: int) -> None:
        begins = timezone.now().replace(second=0, microsecond=0)
        begins += timedelta(minutes=BEGINNINGS[lot % len(BEGINNINGS)])
        plan = {"starts_at": begins, "ends_at": begins + timedelta(minutes=45), "topic": self.name("T")}
        kinds = ["remote"] if lot % 3 == 0 else []
        plan["class_type"] = ClassType.PUBLIC if lot % 5 == 0 else ClassType.SMALL
        schedule_lesson(
            teacher=self.teacher,
            by=self.admin,
            students=self.some_students(lot),
            record_types=kinds,
            conflict_reason="On purpose.",
            **plan,
        )

    def perform_entry(self, lesson: Lesson, lot: int, what: str) -> None:
        """What is sent once: somebody goes in, is taken out, or comes as a visitor."""
        person = choose(self.students(), lot // 7)
        if what == "visit":
            create_visitor_pass(lesson=lesson, nickname=self.name("V"), by=self.admin)
        elif person:
            {"enter": add_to_room, "leave": remove_from_room}[what](
                lesson=lesson, person=person, by=self.admin
            )

    def register(self) -> None:
        name = self.name("p")
        register_person(enterprise=self.school, by=self.admin, user_id=name, nickname=name, role=Role.STUDENT)

    def edit_person(self, person: User) -> None:
        edit_person(person=person, by=self.admin, nickname=self.name("N"))

    def group(self, lot: int) -> None:
        group = StudentGroup.objects.filter(enterprise=self.school).first()
        group = group or StudentGroup(enterprise=self.school, name="Hearts")
        save_group(group=group, students=self.some_students(lot), by=self.admin)

    def add(self, lot: int) -> None:
        add_document(
            enterprise=self.school, name=self.name("D"), ext="pdf", url=FILE, owner=self.teacher,
            transcode=lot % 4 == 0, by=self.admin,
        )  # fmt: skip

    def rename_school(self) -> None:
        self.school.refresh_from_db()
        names = {"name": self.name("S"), "contact_user": self.name("C")}
        self.school = edit_school(school=self.school, by=self.admin, **names)

    def rows(self) -> list[Any]:
        """Every mirrored row of the school."""
        found: list[Any] = []
        for twin in mirrored_models():
            mine = {"pk": self.school.pk} if twin.model is Enterprise else {"enterprise": self.school}
            found += twin.model.objects.filter(**mine).order_by("pk")
        return found

    # There, by others.

    def call(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.service.call(endpoint, body, self.number)

    def create_lesson_remotely(self, lot: int) -> None:
        begins = int(timezone.now().timestamp()) + 60 * BEGINNINGS[lot % len(BEGINNINGS)]
        told = self.call(
            "class/create",
            {
                "teacher_id": "bob", "class_topic": self.name("X"), "class_type": "1vN", "members": [],
                "admin_id": "administrator", "admin_sig": "x",
                "start_time": begins, "stop_time": begins + 2700,
            },
        )  # fmt: skip
        if told["error_code"] == 0:
            self.outsiders.add(f"class:{told['class_id']}")

    def create_person_remotely(self) -> None:
        name = self.name("q")
        self.call("user/register", {"list": [{"user_id": name, "role": "student", "nickname": name}]})
        self.outsiders.add(f"user:{name}")

    def create_document_remotely(self) -> None:
        body = {"doc_url": FILE, "doc_name": self.name("Y"), "doc_ext": "pdf", "owner": "bob"}
        told = self.call("document/add", body | {"doc_size": 7})
        if told["error_code"] == 0:
            self.outsiders.add(f"document:{told['doc_id']}")

    def change_lesson_remotely(self, lesson: Lesson, endpoint: str, body: dict[str, Any]) -> None:
        self.touched.add(f"class:{lesson.remote_id}")
        self.call(endpoint, {"class_id": lesson.class_id, **body})

    def change_person_remotely(self, person: User) -> None:
        self.touched.add(f"user:{person.user_id}")
        self.call("user/profile/modify", {"user_id": person.user_id, "nickname": self.name("M")})

    def change_document_remotely(self, document: Document) -> None:
        self.touched.add(f"document:{document.remote_id}")
        self.call("document/delete", {"doc_ids": [document.remote_id]})

    def change_school_remotely(self) -> None:
        self.touched.add(f"business:{self.number}")
        self.call("business/modify", {"contact_user": self.name("O")})

    def replace_remote_key(self) -> str:
        """The vendor gives the school another key; ours is refused from now on."""
        self.keys_made += 1
        key = new_key(self.number * 1000 + self.keys_made)
        self.service.control("enterprise", {"sdkappid": self.number, "tic_key": key})
        self.service.keys[self.number] = key
        return key

    def enter_new_key(self) -> None:
        """Somebody enters the new key here."""
        self.school.refresh_from_db()
        key = self.service.keys[self.number]
        if self.school.tic_key.reveal() != key:
            self.school = edit_school(school=self.school, by=self.admin, tic_key=key)

    def address(self, by: "ModelSchool | None" = None) -> str:
        """Our receiver's address, signed as the service does it now; or as another school would sign."""
        signer = by or self
        expire = int(time.time()) + 120
        sign = hashlib.md5(f"{self.service.keys[signer.number]}{expire}".encode()).hexdigest()
        query = f"sdkappid={signer.number}&random=7&expire_time={expire}&sign={sign}"
        return f"/callbacks/iclass/{self.school.callback_token}/?{query}"

    def owe(self, lot: int) -> None:
        """Something happens in a class, of ours or of others, that the service will tell."""
        known = [one.remote_id for one in self.known_lessons()]
        classes = sorted({*known, *(key.split(":")[1] for key in self.outsiders if key.startswith("class:"))})
        if not classes:
            return
        number = len(self.told) + 1
        class_id, event = int(classes[lot % len(classes)]), EVENTS[lot % len(EVENTS)]
        data: dict[str, Any] = {"class_id": class_id, "n": number}
        if event == "online_record_stop":
            track = {"video_id": f"v{self.number}.{number}", "video_type": 0, "video_size": lot}
            track |= {"user_id": "bob"}
            data |= {"timestamp": 1_600_000_000 + lot % 5, "start_time": 1_600_000_000, "video_info": [track]}
        elif event == "join_class":
            data |= {"user_id": "bob", "role": "teacher", "join_time": 1_600_000_000 + lot % 50}
        self.told[number] = {"event": event, "data": data}
        self.post.append(self.told[number])


EVENTS = ("online_record_stop", "class_begin", "join_class", "class_over")


def callback_body(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def choose(things: Sequence[T], lot: int) -> T | None:
    """The thing that a lot means; None where there is none."""
    return things[lot % len(things)] if things else None
