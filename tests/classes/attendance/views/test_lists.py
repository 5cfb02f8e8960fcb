"""The lists of appeals and leave: order, columns, views and filters, and who sees which rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.models import Appeal, Leave, Mark
from console.lists.models import SavedView
from tests.classes.factories import add_members, create_finished_lesson
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
APPEALS, LEAVE = "/appeals/", "/leave/"


@pytest.fixture
def chen(school: Enterprise) -> User:
    return User.objects.create(enterprise=school, user_id="s1", role=Role.STUDENT, nickname="陈伟")


@pytest.fixture
def leaves(alice: User, chen: User, dina: User) -> list[Leave]:
    """One of 陈伟 from yesterday for four days, one of Dina tomorrow that is revoked."""
    now = timezone.now()
    day = timedelta(days=1)
    rows = ((chen, now - day, now + 3 * day, None), (dina, now + day, now + 2 * day, now))
    return [
        Leave.objects.create(
            enterprise=alice.enterprise,
            person=one,
            begins_at=begins,
            ends_at=ends,
            withdrawn_at=gone,
            state=Leave.State.WITHDRAWN if gone else Leave.State.APPROVED,
            by=alice,
        )
        for one, begins, ends, gone in rows
    ]


@pytest.fixture
def appeals(bob: User, chen: User, dina: User) -> list[Appeal]:
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, chen, dina)
    states = ((chen, Appeal.State.OPEN), (dina, Appeal.State.REFUSED))
    return [
        Appeal.objects.create(lesson=lesson, person=one, mark=Mark.ABSENT, state=state)
        for one, state in states
    ]


def rows(reader: User, address: str, **query: str) -> list[str]:
    page = client_for(reader).get(address, query).context["page_obj"]
    return [row.person.user_id for row in page]


def test_leave_is_sorted_by_each_end_and_opens_with_the_latest(alice: User, leaves: list[Leave]) -> None:
    assert rows(alice, LEAVE) == ["dina", "s1"]
    assert rows(alice, LEAVE, sort="begins") == ["s1", "dina"]
    assert rows(alice, LEAVE, sort="-ends") == ["s1", "dina"]
    assert 'aria-sort="descending"' in page_text(client_for(alice).get(LEAVE))


def test_leave_is_filtered_by_name_state_and_day(alice: User, leaves: list[Leave]) -> None:
    today = timezone.localdate()
    assert rows(alice, LEAVE, q="cw") == rows(alice, LEAVE, q="陈 s1") == ["s1"]
    assert rows(alice, LEAVE, state="withdrawn") == ["dina"]
    assert rows(alice, LEAVE, day=today.isoformat()) == ["s1"]
    assert rows(alice, LEAVE, day=(today + timedelta(days=30)).isoformat()) == []
    assert rows(alice, LEAVE, day="soon", state="no such") == ["dina", "s1"]


def test_appeals_are_sorted_and_filtered(alice: User, bob: User, appeals: list[Appeal]) -> None:
    assert rows(bob, APPEALS) == ["dina", "s1"]
    assert rows(bob, APPEALS, sort="created") == ["s1", "dina"]
    assert rows(bob, APPEALS, state="open") == rows(alice, APPEALS, q="chenwei") == ["s1"]
    assert rows(bob, APPEALS, state="no such") == ["dina", "s1"]


@pytest.mark.parametrize("address", [APPEALS, LEAVE])
def test_columns_views_and_density_are_kept(
    alice: User, leaves: list[Leave], appeals: list[Appeal], address: str
) -> None:
    client = client_for(alice)
    client.post(address, {"choice": "columns", "columns": ["state"]})
    client.post(address, {"choice": "density", "density": "compact"})
    answer = client.post(f"{address}?q=cw&state=&sort=-created", {"choice": "save", "name": "Chen"})
    page = client.get(answer["Location"])
    assert set(page.context["shown"]) == {"student", "state"}
    assert [row.person.user_id for row in page.context["page_obj"]] == ["s1"]
    assert "is-compact" in page_text(page)
    client.post(address, {"choice": "columns", "columns": [one.name for one in page.context["table"].cells]})
    assert page_text(client.get(address)).count('<th scope="col"') == len(page.context["table"].cells)


def test_each_reader_sees_the_rows_that_they_may(
    charlie: User, chen: User, dina: User, leaves: list[Leave], appeals: list[Appeal]
) -> None:
    for address in (APPEALS, LEAVE):
        assert rows(chen, address) == ["s1"]
        assert rows(chen, address, q="dina") == rows(charlie, address) == []
    assert client_for(chen).post(LEAVE, {"choice": "save", "name": "X", "is_shared": "on"}).status_code == 403
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("address", [APPEALS, LEAVE])
def test_more_rows_cost_no_more_queries(
    alice: User, school: Enterprise, leaves: list[Leave], appeals: list[Appeal], address: str
) -> None:
    client = client_for(alice)
    client.post(address, {"choice": "columns", "columns": ["by", "answered_by", "lesson"]})
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(10):
        person = create_person(school, f"k{number}", Role.STUDENT)
        Leave.objects.create(
            enterprise=school,
            person=person,
            begins_at=leaves[0].begins_at,
            ends_at=leaves[0].ends_at,
            by=create_person(school, f"t{number}", Role.ADMIN),
        )
        Appeal.objects.create(lesson=appeals[0].lesson, person=person, mark=Mark.LATE)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few)
