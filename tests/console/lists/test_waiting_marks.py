"""What a person puts off leaves their Today and their numbers until it is due, and nobody else's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.people.erasure import erase_person
from classes.models import Alarm
from console.lists.models import WaitingMark
from console.lists.waiting_marks import Later, parse_name
from console.ui.waiting import RowName, count_waiting
from tests.classes.factories import create_planned_lesson, create_running_lesson
from tests.console.mirror.remote_states import mark_different, mark_gone
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
ADDRESS = "/today/later/"


@pytest.fixture
def amy(school: Enterprise) -> User:
    """The other administrator of the school."""
    return create_person(school, "amy", Role.ADMIN)


@pytest.fixture
def alarms(school: Enterprise, bob: User) -> list[Alarm]:
    lessons = [create_running_lesson(bob, topic=topic) for topic in ("Sums", "Verbs")]
    return [Alarm.objects.create(enterprise=school, lesson=one, kind="ghost") for one in lessons]


def name_of(alarm: Alarm) -> str:
    return f"alarms-alarm-{alarm.pk}"


def put_off(reader: User, name: str, until: str = "tomorrow", language: str = "en") -> Any:
    client = client_for(reader, language)
    return client.post(ADDRESS, {"row": name, "until": until, "next": "/"}, follow=True)


def numbers_of(reader: User) -> tuple[int, int, int]:
    """How many alarms Today lists, its card says and the badge shows."""
    client = client_for(reader)
    home = client.get("/")
    number = next((one.number for one in home.context["waiting"] if one.kind.name == "alarms"), 0)
    badge = client.get("/menu-counts/").json().get("alarms", {"number": 0})["number"]
    return page_text(home).count('name="row" value="alarms-'), number, badge


def test_a_row_that_is_put_off_leaves_list_number_and_badge_of_this_person_alone(
    alice: User, amy: User, alarms: list[Alarm]
) -> None:
    answer = put_off(alice, name_of(alarms[0]))
    assert answer.redirect_chain == [("/", 302)]
    page = page_text(answer)
    assert "1 open alarm" in page
    assert "1 put off" in page
    assert numbers_of(alice) == (1, 1, 1)
    assert numbers_of(amy) == (2, 2, 2)
    assert 'id="put-off"' not in page_text(client_for(amy).get("/"))


def test_the_line_opens_what_is_put_off_and_it_can_be_shown_again(bob: User, alarms: list[Alarm]) -> None:
    client = client_for(bob)
    for one in alarms:
        put_off(bob, name_of(one))
    home = page_text(client.get("/"))
    assert "Nothing needs your attention." in home
    assert f'href="{ADDRESS}">' in home
    page = page_text(client.get(ADDRESS))
    assert "2 open alarms" in page
    assert "Sums" in page
    back = client.post(ADDRESS, {"row": name_of(alarms[0])}, follow=True)
    assert back.redirect_chain == [(ADDRESS, 302)]
    assert "Sums" not in page_text(back)
    assert count_waiting(bob, ["alarms"]) == {"alarms": 1}
    client.post(ADDRESS, {"row": name_of(alarms[1])})
    assert "Nothing is put off" in page_text(client.get(ADDRESS))
    assert not WaitingMark.objects.exists()


@pytest.mark.parametrize(
    ("until", "today", "back"),
    [
        ("tomorrow", "2026-12-02", "2026-12-03"),
        ("tomorrow", "2026-12-31", "2027-01-01"),
        ("monday", "2026-12-02", "2026-12-07"),
        ("monday", "2026-12-06", "2026-12-07"),
        ("monday", "2026-12-07", "2026-12-14"),
    ],
)
def test_it_waits_again_when_its_day_begins_where_the_school_is(
    alice: User, alarms: list[Alarm], until: str, today: str, back: str
) -> None:
    zone = timezone.get_default_timezone()
    begins = datetime.fromisoformat(back).replace(tzinfo=zone)
    with time_machine.travel(datetime.fromisoformat(f"{today}T23:30").replace(tzinfo=zone), tick=False):
        put_off(alice, name_of(alarms[0]), until)
        assert count_waiting(alice, ["alarms"]) == {"alarms": 1}
    with time_machine.travel(begins - timedelta(seconds=1), tick=False):
        assert count_waiting(alice, ["alarms"]) == {"alarms": 1}
    with time_machine.travel(begins, tick=False):
        assert count_waiting(alice, ["alarms"]) == {"alarms": 2}
        assert "Nothing is put off" in page_text(client_for(alice).get(ADDRESS))
        put_off(alice, name_of(alarms[1]))
        assert WaitingMark.objects.count() == 1, "what is back is forgotten"


def test_what_is_settled_meanwhile_is_not_counted_as_put_off(alice: User, alarms: list[Alarm]) -> None:
    put_off(alice, name_of(alarms[0]))
    Alarm.objects.filter(pk=alarms[0].pk).update(acknowledged_at=timezone.now(), acknowledged_by=alice)
    assert 'id="put-off"' not in page_text(client_for(alice).get("/"))
    assert "Nothing is put off" in page_text(client_for(alice).get(ADDRESS))


def test_a_kind_with_rows_of_several_models_keeps_them_apart(alice: User, bob: User, dina: User) -> None:
    mark_different(dina, nickname="Other")
    mark_gone(create_planned_lesson(bob, timedelta(days=2), pk=dina.pk))
    assert count_waiting(alice, ["differences"]) == {"differences": 2}
    page = page_text(put_off(alice, f"differences-user-{dina.pk}"))
    assert f'value="differences-lesson-{dina.pk}"' in page
    assert f'value="differences-user-{dina.pk}"' not in page
    assert count_waiting(alice, ["differences"]) == {"differences": 1}


@pytest.mark.parametrize("until", ["", "tomorrow"])
@pytest.mark.parametrize(
    "name", ["alarms-alarm-{0}", "leave-alarm-{0}", "alarms-user-{0}", "notices-alarm-{0}"]
)
def test_only_what_waits_for_the_reader_can_be_put_off(
    bob: User, charlie: User, alice: User, alarms: list[Alarm], name: str, until: str
) -> None:
    data = {"row": name.format(alarms[0].pk), "until": until}
    assert client_for(charlie).post(ADDRESS, data).status_code == 404
    is_row = name.startswith("alarms-alarm")
    assert client_for(bob).post(ADDRESS, data).status_code == (302 if is_row else 404)
    assert WaitingMark.objects.count() == (1 if is_row and until else 0)


def test_nonsense_is_refused(alice: User, alarms: list[Alarm]) -> None:
    client = client_for(alice)
    assert client.post(ADDRESS, {"row": name_of(alarms[0]), "until": "never"}).status_code == 400
    assert client.post(ADDRESS, {}).status_code == 404


@pytest.mark.parametrize(
    "text", ["", "alarms", "alarms-alarm", "alarms-alarm-x", "alarms-alarm-1-2", "a-b-" + "9" * 30]
)
def test_a_name_that_is_none_is_not_read(text: str) -> None:
    assert parse_name(text) is None
    assert parse_name(str(RowName("not_ready", "lesson", 7))) == RowName("not_ready", "lesson", 7)


def test_a_student_has_nothing_to_put_off(dina: User, alarms: list[Alarm]) -> None:
    assert client_for(dina).get(ADDRESS).status_code == 403
    assert put_off(dina, name_of(alarms[0])).status_code == 403


def test_an_operator_on_a_visit_puts_nothing_off(olga: User, school: Enterprise, alarms: list[Alarm]) -> None:
    client = client_for(olga)
    client.post(f"/schools/{school.pk}/enter/", {"reason": "A ticket"})
    home = page_text(client.get("/"))
    assert "2 open alarms" in home
    assert "more-alarms" not in home
    assert client.post(ADDRESS, {"row": name_of(alarms[0]), "until": "tomorrow"}).status_code == 403


def test_it_is_said_in_chinese(alice: User, alarms: list[Alarm]) -> None:
    page = page_text(put_off(alice, name_of(alarms[0]), language="zh-hans"))
    assert "1 条已延后" in page
    assert "延后到明天" in page
    assert "恢复显示" in page_text(client_for(alice, "zh-hans").get(ADDRESS))


def test_erasing_a_person_forgets_what_they_put_off(alice: User, amy: User, alarms: list[Alarm]) -> None:
    put_off(alice, name_of(alarms[0]))
    put_off(amy, name_of(alarms[0]))
    erase_person(person=amy, by=alice, reason="asked for it")
    assert [mark.user for mark in WaitingMark.objects.all()] == [alice]


def test_the_times_are_those_that_the_page_offers() -> None:
    assert Later.values == ["tomorrow", "monday"]
