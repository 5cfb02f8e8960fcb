"""Acts on a document."""

import itertools
from datetime import timedelta

from documents.mirror.differences import accept_remote_document as take_document
from documents.models import Document
from documents.services import delete_document, pull_document, push_document
from tests.classes.factories import create_planned_lesson
from tests.faults.intents import IntentContext
from tests.faults.interleaving.lesson_scenarios import cast_of
from tests.faults.interleaving.row_states import RowState, row_state
from tests.faults.interleaving.scenario import Act, Scenario, Subject

_numbers = itertools.count(1)


def document_scenario(world: IntentContext) -> Scenario:
    by = world.by

    def make() -> Subject:
        people, names = cast_of(world)
        number = next(_numbers)
        document = Document.objects.create(
            enterprise=world.school, name="Tarts", ext="pdf", owner=people["tom"], remote_id=f"{number}",
            source_url="https://files.example.com/tarts.pdf", sync_state="in_sync",
            observed={"name": "Tarts of iclass", "ext": "pdf"},
        )  # fmt: skip
        lesson = create_planned_lesson(people["tom"], timedelta(days=3))
        return Subject(document, names, more=people | {"lesson": lesson})

    def state(subject: Subject) -> RowState:
        told = row_state(subject.fresh(), subject.names)
        return {name: value for name, value in told.items() if name != "remote_id"}

    acts: dict[str, Act] = {
        "delete": lambda subject: delete_document(document=subject.fresh(), by=by),
        "pull": lambda subject: pull_document(document=subject.fresh(), by=by),
        "push": lambda subject: push_document(document=subject.fresh(), by=by),
        "take theirs": lambda subject: take_document(subject.fresh(), ["name"], by),
    }
    return Scenario("document", make, state, acts)
