"""Counts beside the entries of the menu: for each reader what waits for them, in one query."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Enterprise, Role, User
from classes.attendance.corrections import close_register
from classes.models import Alarm, Appeal
from console.inbox.models import Callback
from console.outbox.models import Operation
from console.ui.menu_counts import count_text, count_waiting, registered_names
from tests.classes.factories import add_members, create_finished_lesson, create_running_lesson
from tests.console.mirror.remote_states import mark_different
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(
    (
        "alarms",
        "registers",
        "leave",
        "appeals",
        "warnings",
        "operations",
        "callbacks",
        "differences",
        "notices",
    ),
    0,
)
NAMES = frozenset(NOTHING)


@pytest.fixture
def ted(school: Enterprise) -> User:
    """Another teacher of the school."""
    return create_person(school, "ted", Role.TEACHER)


@pytest.fixture
def dina(school: Enterprise) -> User:
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def waiting(school: Enterprise, bob: User, ted: User, dina: User) -> None:
    """Something of every sort: two lessons of Bob's and one of Ted's, what failed at iclass."""
    for teacher in (bob, bob, ted):
        lesson = create_finished_lesson(teacher)
        add_members(lesson, dina)
    Appeal.objects.create(lesson=lesson, person=dina, mark="absent")
    Alarm.objects.create(enterprise=school, lesson=create_running_lesson(bob), kind="ghost")
    Alarm.objects.create(enterprise=school, kind="poll_outage")
    for number, state in enumerate(("refused", "needs_you", "ready", "done", "parked")):
        Operation.objects.create(
            enterprise=school,
            kind="user.pull",
            subject_type="accounts.user",
            subject_id=dina.pk,
            lane=f"lane {number}",
            state=state,
        )
    for number, state in enumerate(("quarantined", "waiting", "parked", "done")):
        Callback.objects.create(enterprise=school, fingerprint=f"{number}", event="class_begin", state=state)
    mark_different(dina, nickname="Other")


@pytest.mark.usefixtures("waiting")
class TestWhatWaits:
    def test_an_administrator_counts_all_of_the_school(self, alice: User) -> None:
        assert count_waiting(alice, NAMES) == {
            "alarms": 2,
            "registers": 3,
            "leave": 0,
            "appeals": 1,
            "warnings": 0,
            "operations": 2,
            "callbacks": 1,
            "differences": 1,
            "notices": 0,
        }

    def test_a_teacher_counts_their_own_lessons(self, bob: User, ted: User) -> None:
        assert count_waiting(bob, NAMES) == NOTHING | {"alarms": 1, "registers": 2}
        assert count_waiting(ted, NAMES) == NOTHING | {"registers": 1, "appeals": 1}

    def test_an_assistant_counts_the_lessons_that_they_assist_in(self, school: Enterprise, bob: User) -> None:
        ann = create_person(school, "ann", Role.ASSISTANT)
        add_members(create_finished_lesson(bob), ann)
        assert count_waiting(ann, NAMES) == NOTHING | {"registers": 1}

    def test_a_supervisor_counts_alarms_alone_because_they_change_nothing(self, school: Enterprise) -> None:
        sue = create_person(school, "sue", Role.SUPERVISOR)
        assert count_waiting(sue, NAMES) == NOTHING | {"alarms": 2}

    def test_a_student_and_another_school_count_nothing(self, dina: User, charlie: User) -> None:
        assert count_waiting(dina, NAMES) == NOTHING
        assert count_waiting(charlie, NAMES) == NOTHING

    @pytest.mark.parametrize("role", ["admin", "teacher"])
    def test_all_counts_together_are_one_query(self, alice: User, bob: User, role: str) -> None:
        with CaptureQueriesContext(connection) as asked:
            count_waiting(alice if role == "admin" else bob, NAMES)
        assert len(asked) == 1

    def test_a_closed_register_and_an_old_one_are_not_counted(self, alice: User, bob: User) -> None:
        create_finished_lesson(bob, starts_at=timezone.now() - timedelta(weeks=5))
        assert count_waiting(alice, {"registers"}) == {"registers": 3}
        close_register(
            lesson=bob.lessons_taught.filter(status="end").latest("starts_at"), by=alice, anyway=True
        )
        assert count_waiting(alice, {"registers"}) == {"registers": 2}

    def test_an_alarm_that_somebody_takes_care_of_is_not_counted(self, alice: User) -> None:
        Alarm.objects.filter(lesson=None).update(acknowledged_at=timezone.now(), acknowledged_by=alice)
        assert count_waiting(alice, {"alarms"}) == {"alarms": 1}

    def test_entries_and_tabs_show_the_numbers_and_say_them(self, alice: User) -> None:
        page = page_text(client_for(alice).get("/alarms/"))
        menu, tabs = page.split('class="nav-list"')[1], page.split('class="page-tabs"')[1]
        for part in (menu.split("</ul>")[0], tabs.split("</nav>")[0]):
            assert '<span aria-hidden="true">2</span><span class="visually-hidden">(2 open alarms)' in part
        assert "(3 registers to close, 1 open appeal)" in menu
        assert "(2 operations need attention, 1 failed event, 1 difference to resolve)" in menu

    def test_the_shortcut_of_a_teacher_counts_registers_alone(self, ted: User) -> None:
        page = page_text(client_for(ted).get("/alarms/"))
        assert "(1 register to close)" in page.split('class="tabs"')[1]
        assert "(1 register to close, 1 open appeal)" in page.split('class="nav-list"')[1]


def test_nothing_waiting_shows_no_number(alice: User) -> None:
    assert 'class="waiting"' not in page_text(client_for(alice).get("/alarms/"))


def test_no_names_ask_nothing(alice: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert count_waiting(alice, ()) == {}
    assert len(asked) == 0


def test_every_count_can_be_said_in_both_languages() -> None:
    assert registered_names() == NAMES
    for name in NAMES:
        with translation.override("zh-hans"):
            chinese = count_text(name, 7)
        with translation.override("en"):
            english = count_text(name, 7)
        assert chinese != english
        assert "7" in chinese
        assert "7" in english
