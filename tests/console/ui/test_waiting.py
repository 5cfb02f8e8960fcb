"""What waits: the numbers beside the entries of the menu, for each reader, in one query."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.attendance.corrections import close_register
from classes.models import Alarm, Appeal
from console.inbox.models import Callback
from console.outbox.models import Operation
from console.ui.waiting import count_text, count_waiting, listed_names, registered_names
from console.webhooks.models import WebhookEndpoint, WebhookGate
from tests.classes.factories import add_members, create_finished_lesson, create_running_lesson
from tests.console.mirror.remote_states import mark_different
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(
    (
        "alarms",
        "registers",
        "leave",
        "appeals",
        "warnings",
        "erasures",
        "password_requests",
        "own_groups",
        "operations",
        "callbacks",
        "differences",
        "notices",
        "webhooks",
    ),
    0,
)
NAMES = frozenset(NOTHING)


@pytest.fixture
def ted(school: Enterprise) -> User:
    """Another teacher of the school."""
    return create_person(school, "ted", Role.TEACHER)


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
    for held_for in ([], ["by_hand"]):
        portal = WebhookEndpoint.objects.create(
            enterprise=school, name=f"Portal {held_for}", url="https://portal.example.org/", secret="whsec_x"
        )
        WebhookGate.objects.create(endpoint=portal, held_for=held_for)


@pytest.mark.usefixtures("waiting")
class TestWhatWaits:
    def test_an_administrator_counts_all_of_the_school(self, alice: User) -> None:
        assert count_waiting(alice, NAMES) == {
            "alarms": 2,
            "registers": 3,
            "leave": 0,
            "appeals": 1,
            "warnings": 0,
            "erasures": 0,
            "password_requests": 0,
            "own_groups": 0,
            "operations": 2,
            "callbacks": 1,
            "differences": 1,
            "notices": 0,
            "webhooks": 1,
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

    def test_a_page_names_what_its_entries_and_tabs_count(self, alice: User, ted: User) -> None:
        page = page_text(client_for(alice).get("/alarms/"))
        menu, tabs = page.split('class="nav-list"')[1], page.split('class="page-tabs"')[1]
        for part in (menu.split("</ul>")[0], tabs.split("</nav>")[0]):
            assert 'data-counts="alarms"' in part
        assert 'data-counts="registers leave appeals warnings"' in menu
        assert 'data-counts="notices"' in page
        bar = page_text(client_for(ted).get("/alarms/")).split('class="tabs"')[1]
        assert 'data-counts="registers"' in bar, "the shortcut of a teacher counts registers alone"

    def test_the_numbers_are_answered_with_their_words(self, alice: User, ted: User) -> None:
        assert client_for(alice).get("/menu-counts/").json() == {
            "alarms": {"number": 2, "text": "2 open alarms"},
            "registers": {"number": 3, "text": "3 registers to close"},
            "appeals": {"number": 1, "text": "1 open appeal"},
            "operations": {"number": 2, "text": "2 operations need attention"},
            "callbacks": {"number": 1, "text": "1 failed event"},
            "differences": {"number": 1, "text": "1 difference to resolve"},
            "webhooks": {"number": 1, "text": "1 webhook is paused"},
        }
        assert client_for(ted, "zh-hans").get("/menu-counts/").json()["registers"]["text"] != (
            "1 register to close"
        )

    def test_a_page_itself_counts_nothing(self, alice: User) -> None:
        client = client_for(alice)
        client.get("/appeals/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/appeals/")
        assert not [one for one in asked if "classes_alarm" in one["sql"]]

    def test_a_group_in_charge_shows_its_tab_and_no_number(
        self, ted: User, bob: User, school: Enterprise
    ) -> None:
        put_in_charge(StudentGroup.objects.create(enterprise=school, name="Year 7"), ted)
        assert count_waiting(ted, {"own_groups"}) == {"own_groups": 1}
        for reader, is_shown in ((ted, True), (bob, False)):
            page = page_text(client_for(reader).get("/appeals/"))
            assert (
                'href="/groups/mine/"' in page.split('class="page-tabs"')[1].split("</nav>")[0]
            ) == is_shown
            assert "in your charge" not in page


def test_where_nothing_waits_and_outside_of_a_school_there_are_no_numbers(alice: User, olga: User) -> None:
    assert client_for(alice).get("/menu-counts/").json() == {}
    assert client_for(olga).get("/menu-counts/").json() == {}


def test_no_names_ask_nothing(alice: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert count_waiting(alice, ()) == {}
    assert len(asked) == 0


def test_every_count_can_be_said_in_both_languages() -> None:
    assert registered_names() == NAMES | {*listed_names()}
    for name in registered_names():
        with translation.override("zh-hans"):
            chinese = count_text(name, 7)
        with translation.override("en"):
            english = count_text(name, 7)
        assert chinese != english
        assert "7" in chinese
        assert "7" in english
