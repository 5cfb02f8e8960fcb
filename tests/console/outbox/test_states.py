"""The table of legal transitions, the trigger that enforces it, and the diagram that shows it."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from console.outbox.models import Operation
from console.outbox.states import MACHINE_STEPS, PERSON_STEPS, OperationState, machine_path
from tests.support.environment import ROOT

STEPS = {**MACHINE_STEPS, **PERSON_STEPS}
LEGAL_STEPS = {(origin, to) for origin in STEPS for to in STEPS[origin]}


def is_accepted(origin: OperationState, to: OperationState, about: User) -> bool:
    """Return whether the database lets an operation in state `origin` be updated to `to`."""
    operation = Operation.objects.create(
        enterprise=about.enterprise,
        kind="user.modify",
        subject_type="accounts.user",
        subject_id=about.pk,
        lane=str(about.pk),
        state=origin,
    )
    try:
        with transaction.atomic():
            Operation.objects.filter(pk=operation.pk).update(state=to)
    except IntegrityError:
        return False
    return Operation.objects.get(pk=operation.pk).state == to


@pytest.mark.parametrize("origin", OperationState)
def test_the_trigger_accepts_exactly_the_steps_of_the_table(bob: User, origin: OperationState) -> None:
    accepted = {to for to in OperationState if to != origin and is_accepted(origin, to, bob)}
    assert accepted == {to for to in OperationState if (origin, to) in LEGAL_STEPS}


@pytest.mark.parametrize("state", OperationState)
def test_the_trigger_lets_an_operation_keep_its_state(bob: User, state: OperationState) -> None:
    assert is_accepted(state, state, bob)


def test_a_state_is_left_by_machines_or_by_people() -> None:
    assert not set(MACHINE_STEPS) & set(PERSON_STEPS)


def test_the_diagram_in_the_documentation_shows_the_steps_of_the_table() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    diagram = text.partition("stateDiagram-v2\n")[2].partition("```")[0]
    arrows = [line.partition(":")[0].split(" --> ") for line in diagram.splitlines() if "[*]" not in line]
    drawn = [(origin.strip(), to.strip()) for origin, to in arrows]
    assert sorted(drawn) == sorted((origin.value, to.value) for origin, to in LEGAL_STEPS)


def test_the_path_of_a_machine_has_only_steps_that_it_may_make() -> None:
    path = machine_path(OperationState.HELD, OperationState.NEEDS_YOU)
    assert path[-1] == OperationState.NEEDS_YOU
    steps = zip([OperationState.HELD, *path], path, strict=False)
    assert all(to in MACHINE_STEPS[origin] for origin, to in steps)


def test_there_is_no_path_past_a_decision_of_a_person() -> None:
    with pytest.raises(LookupError, match="from refused to ready"):
        machine_path(OperationState.REFUSED, OperationState.READY)
