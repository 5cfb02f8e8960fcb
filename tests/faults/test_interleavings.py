"""Every service that changes a row beside every other on the same row, stopped at each statement in turn.

The result equals one of the two serial orders, or one of the two was told so in a sentence.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from accounts.models import User
from console.env import BASE_DIR
from tests.faults.goals import add_to_goal, goal
from tests.faults.intents import IntentContext
from tests.faults.interleaving import (
    document_scenarios,
    lesson_scenarios,
    people_scenarios,
    school_day_scenarios,
    school_year_scenarios,
    settings_scenarios,
)
from tests.faults.interleaving.exceptions import EXCEPTIONS
from tests.faults.interleaving.scenario import EACH_ACT, EVERYTHING, Scenario, Subject, check_scenario
from tests.faults.interleaving.services import covered_services, discovered_services
from tests.faults.sizes import FULL, dice
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]
STAGES: dict[str, Callable[..., Scenario]] = {
    "person": people_scenarios.person_scenario,
    "group": people_scenarios.group_scenario,
    "school": people_scenarios.school_scenario,
    "lesson": lesson_scenarios.lesson_scenario,
    "course": lesson_scenarios.course_scenario,
    "register": lesson_scenarios.register_scenario,
    "leave": school_day_scenarios.leave_scenario,
    "absence": school_day_scenarios.absence_scenario,
    "grade": school_year_scenarios.grade_scenario,
    "subject": school_year_scenarios.subject_scenario,
    "roll-over": school_year_scenarios.roll_over_scenario,
    "undo of a roll-over": school_year_scenarios.undo_scenario,
    "document": document_scenarios.document_scenario,
    "attendance rules": settings_scenarios.rules_scenario,
    "attendance code": settings_scenarios.code_scenario,
    "warning rule": settings_scenarios.warning_rule_scenario,
    "webhook": settings_scenarios.webhook_scenario,
    "recording": settings_scenarios.recording_scenario,
    "courseware": settings_scenarios.courseware_scenario,
}
#: What every change runs has each act once (of a roll-over, some), in other pairs with each seed.
SIZE = EVERYTHING if FULL else EACH_ACT


@pytest.fixture(autouse=True)
def _deadlocks_are_noticed_soon(transactional_db: None) -> None:
    """The database looks for deadlocks after a second, which would be most of the time of this test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        cursor.execute(f"ALTER DATABASE \"{cursor.fetchone()[0]}\" SET deadlock_timeout = '60ms'")


@pytest.mark.parametrize("name", STAGES)
def test_two_services_on_one_row_end_as_one_after_the_other(name: str, world: IntentContext) -> None:
    assert violations_of(STAGES[name](world)) == []


def test_a_lesson_that_is_changed_while_it_is_made_is_made_once(
    world: IntentContext, iclass: Sandbox, settings: Any
) -> None:
    settings.OUTBOX_RATE = settings.OUTBOX_BURST = 1e6
    assert violations_of(lesson_scenarios.new_lesson_scenario(world, iclass)) == []


def test_a_service_that_saves_what_it_read_before_the_lock_is_found(world: IntentContext) -> None:
    """The control: such a service brings back whom somebody deactivated meanwhile."""
    whole = people_scenarios.person_scenario(world)

    def save_all_columns(subject: Subject) -> None:
        person = subject.fresh()
        User.objects.select_for_update().get(pk=person.pk)
        person.nickname = "Dinah the first"
        Model.save(person)

    acts = {"rename": transaction.atomic(save_all_columns), "deactivate": whole.acts["deactivate"]}
    told = check_scenario(replace(whole, acts=acts), dice("control of interleavings"), EVERYTHING)
    assert any("is_active" in line for line in told.violations), told


def test_every_service_has_a_scenario_or_a_reason_why_it_has_none() -> None:
    services, covered = discovered_services(), covered_services()
    without = services - covered - EXCEPTIONS.keys()
    figures = {"services": len(services), "covered": len(covered), "listed": len(EXCEPTIONS)}
    goal("services in interleavings", **figures, without_scenario=len(without))
    assert sorted(without) == [], "add an act to a scenario, or a reason to the exceptions"
    assert sorted(EXCEPTIONS.keys() - services) == [], "these are no services any more"
    assert sorted(EXCEPTIONS.keys() & covered) == [], "these have a scenario by now"
    tests = {reason for reason in EXCEPTIONS.values() if reason.startswith("tests/")}
    assert [path for path in sorted(tests) if not (BASE_DIR / path).is_file()] == []


def violations_of(stage: Scenario) -> list[str]:
    """Try a stage in this run's size, print its figures, and return the first of its violations."""
    told = check_scenario(stage, dice(f"interleavings {stage.name}"), SIZE)
    figures = {"pairs": told.pairs, "schedules": told.schedules, "refused": told.refused}
    goal(f"interleavings of {stage.name}", **figures, violations=len(told.violations))
    add_to_goal("interleavings", **figures, violations=len(told.violations))
    assert told.acts == stage.acts.keys() or (stage.only_with and not FULL), "some acts were not tried"
    assert told.schedules > len(stage.acts) or not FULL, "hardly anything was tried"
    return list(told.violations[:40])
