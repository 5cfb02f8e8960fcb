"""What the console makes of answers that were spoilt on their way: nothing falls over, nothing is lost,
and no row of ours ever bears the id of another thing.

    check_mutated(world, iclass, settings, caplog, answers=2000)
"""

import logging
import secrets
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.people.services import edit_person, pull_person
from accounts.school.services import pull_school
from classes.lessons.services import edit_lesson, pull_lesson
from classes.models import Lesson
from console.iclass import IClassError
from console.mirror import registry
from console.outbox import relay
from console.outbox.models import Operation
from documents.models import Document
from documents.services import pull_document
from tests.faults.goals import goal
from tests.faults.intents import IntentContext
from tests.faults.ledger import effects_by_key, ledger_entries
from tests.faults.mutating_proxy import MutatingProxy, mutating_proxy, swap
from tests.faults.outbox_work import drain_outbox
from tests.faults.sizes import dice, size
from tests.support.sandbox import Sandbox

#: Wishes of each kind in a round, and how often a round also compares everything.
CROWD = size(full=10, ci=3)
WALK_EVERY = 4


@dataclass
class MutationSubjects:
    """What we asked for: each with what the school wants of it, to be compared at the end."""

    world: IntentContext
    lessons: dict[int, str] = field(default_factory=dict)
    documents: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)

    def more(self) -> tuple[Lesson, Document, User]:
        """One of each, wished and not sent."""
        lesson, document, person = self.world.lesson(), self.world.document(), self.world.person()
        self.lessons[lesson.pk], self.documents[document.pk] = lesson.topic, document.name
        self.people[person.pk] = person.user_id
        return lesson, document, person

    def lost(self) -> list[str]:
        """Rows that are gone or no longer say what the school wants."""
        found = []
        for model, column, rows in (
            (Lesson, "topic", self.lessons),
            (Document, "name", self.documents),
            (User, "user_id", self.people),
        ):
            has: dict[int, str] = dict(model._default_manager.values_list("pk", column))  # type: ignore[attr-defined]
            found += [f"{model.__name__} {name}" for pk, name in rows.items() if has.get(pk) != name]
        return found

    def wrong(self, iclass: Sandbox, since: int) -> list[str]:
        """Rows that bear an id which the ledger gives to something else."""
        made: dict[tuple[str, str], set[str]] = {}
        for place, effects in effects_by_key(ledger_entries(iclass, since)).items():
            summary = effects[0]["summary"]
            name = summary.get("topic") or summary.get("name")
            made.setdefault((place.endpoint, name), set()).add(place.object.split(":")[1])
        found = []
        for model, endpoint, rows in (
            (Lesson, "class/create", self.lessons),
            (Document, "document/add", self.documents),
        ):
            ids = model._default_manager.filter(pk__in=rows).exclude(remote_id="")  # type: ignore[attr-defined]
            for pk, remote_id in ids.values_list("pk", "remote_id"):
                if remote_id not in made.get((endpoint, rows[pk]), set()):
                    found.append(f"{model.__name__} {rows[pk]} bears {remote_id}")
        people = User.objects.filter(pk__in=self.people).exclude(remote_id="")
        found += [f"{one.user_id} bears {one.remote_id}" for one in people if one.remote_id != one.user_id]
        return found


def create_foreign_rows(world: IntentContext, iclass: Sandbox, between: MutatingProxy, number: int) -> None:
    """Things that somebody else made: their ids exist, and no row of ours holds them."""
    sig = world.school.build_user_sig("administrator")
    for _ in range(number):
        begins = 2_000_000_000
        made = iclass.call(
            "class/create",
            {
                "class_topic": f"Stranger {secrets.token_hex(4)}",
                "teacher_id": "alice",
                "class_type": "1vN",
                "start_time": begins,
                "stop_time": begins + 2700,
                "admin_id": "administrator",
                "admin_sig": sig,
            },
        )
        card = iclass.call("document/add", {"doc_url": "https://files.example/s", "owner": "alice"})
        between.known["class_id"][made["class_id"]] = None
        between.known["doc_id"][card["doc_id"]] = None


def check_mutated_answers(
    world: IntentContext, iclass: Sandbox, settings: Any, caplog: Any, *, answers: int
) -> None:
    """Spoil so many answers to commands, looks and walks, then let everything end in peace."""
    settings.OUTBOX_BREAKER_FAILURES = settings.OUTBOX_RATE = settings.OUTBOX_BURST = 10**6
    settings.OUTBOX_BACKOFF_S, settings.OUTBOX_BACKOFF_MAX_S = 0.05, 1
    crowd, since, rounds = MutationSubjects(world), _latest(iclass), 0
    caplog.set_level(logging.WARNING)
    with mutating_proxy(iclass.url, dice("mutated answers"), share=0.8) as between:
        settings.ICLASS_BASE_URL = between.url
        while between.spoilt < answers:
            if rounds % WALK_EVERY == 0:
                create_foreign_rows(world, iclass, between, 2)
                registry.reconcile(world.school)
            _round(crowd)
            rounds += 1
        between.share = 0
        drain_outbox(60)
        registry.reconcile(world.school)
    crashes = [record.getMessage() for record in caplog.records if _is_crash(record)]
    lost, wrong = crowd.lost(), crowd.wrong(iclass, since)
    goal(
        "mutated answers",
        answers=between.spoilt,
        rounds=rounds,
        crashes=len(crashes),
        rows_lost=len(lost),
        wrong_ids=len(wrong),
        waiting=Operation.objects.filter(state="needs_you").count(),
    )
    assert not crashes, crashes[:3]
    assert not lost, lost[:3]
    assert not wrong, wrong[:3]
    assert len(between.by_way) == 10, f"some ways were not tried: {between.by_way}"


def check_swapped_ids(world: IntentContext, iclass: Sandbox, settings: Any) -> None:
    """Every answer that names a thing names another one that exists."""
    settings.OUTBOX_BREAKER_FAILURES, settings.OUTBOX_MAX_ATTEMPTS, settings.OUTBOX_MAX_AGE_S = 10**6, 3, 0
    crowd, since = MutationSubjects(world), _latest(iclass)
    endpoints = ("class/create", "document/add", "user/info")
    with mutating_proxy(iclass.url, dice("swapped ids"), share=1, ways=(swap,), only=endpoints) as between:
        settings.ICLASS_BASE_URL = between.url
        create_foreign_rows(world, iclass, between, 3)
        _lesson, _document, person = crowd.more()
        between.known["user_id"]["alice"] = None
        drain_outbox()
        pull_person(person=person, by=world.by)
        drain_outbox()
    wrong = crowd.wrong(iclass, since)
    assert not wrong, wrong
    assert between.spoilt >= 3


def _round(crowd: MutationSubjects) -> None:
    """Make, change and look at things through the spoiling service."""
    by = crowd.world.by
    wished = [crowd.more() for _ in range(CROWD)]
    relay.drain()
    for lesson, document, person in wished:
        edit_lesson(lesson=Lesson.objects.get(pk=lesson.pk), by=by, bitrate=900)
        edit_person(person=User.objects.get(pk=person.pk), by=by, phone_no="10086")
        pull_lesson(lesson=lesson, by=by)
        pull_document(document=document, by=by)
        pull_person(person=person, by=by)
    pull_school(school=crowd.world.school, by=by)
    relay.drain()
    made = Lesson.objects.filter(pk__in=[lesson.pk for lesson, _, _ in wished]).exclude(remote_id="")
    made.update(look_at=timezone.now())
    registry.poll_due_rows()


def _latest(iclass: Sandbox) -> int:
    lines = ledger_entries(iclass, 0)
    return int(lines[-1]["seq"]) if lines else 0


def _is_crash(record: logging.LogRecord) -> bool:
    """A fault of our own that was caught and logged; errors of the client are no such thing."""
    if record.exc_info and record.exc_info[0]:
        return not issubclass(record.exc_info[0], IClassError)
    return record.msg.startswith("walk %s of school") and record.args[-1] not in _CLIENT_ERRORS


def _errors(kind: type[IClassError]) -> set[str]:
    return {kind.__name__}.union(*(_errors(one) for one in kind.__subclasses__()))


_CLIENT_ERRORS = _errors(IClassError)
