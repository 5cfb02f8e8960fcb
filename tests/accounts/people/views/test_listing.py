"""The list of people: what it finds, what it shows to whom, and what it costs."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import save_group
from console.outbox.states import SyncState
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

PEOPLE = "/people/"


def found(client: Any, **asked: str) -> set[str]:
    return {one.user_id for one in client.get(PEOPLE, asked).context["keyset"].rows}


@pytest.mark.parametrize(
    "asked", [{"q": "din"}, {"q": "Dina"}, {"q": "5678"}, {"q": "croq"}, {"q": "dina croq"}]
)
def test_somebody_is_found_by_name_id_end_of_the_phone_and_group(
    alice: User, bob: User, dina: User, asked: dict[str, str]
) -> None:
    save_group(group=StudentGroup(enterprise=dina.enterprise, name="Croquet"), students=[dina], by=alice)
    assert found(client_for(alice), **asked) == {"dina"}


def test_the_address_keeps_role_group_state_and_sign_in(alice: User, bob: User, dina: User) -> None:
    group = StudentGroup(enterprise=dina.enterprise, name="Croquet")
    group = save_group(group=group, students=[dina], by=alice)
    User.objects.filter(pk=bob.pk).update(sync_state=SyncState.REFUSED)
    create_person(dina.enterprise, "gone", Role.STUDENT)
    User.objects.filter(user_id="gone").update(is_active=False)
    client = client_for(alice)
    assert found(client) == {"alice", "bob", "dina"}
    assert found(client, role="student") == {"dina"}
    assert found(client, group=str(group.pk)) == {"dina"}
    assert found(client, sync="refused") == {"bob"}
    assert found(client, active="no") == {"gone"}
    assert found(client, active="all", role="student") == {"dina", "gone"}


@pytest.mark.parametrize("nonsense", [{"role": "king"}, {"group": "x"}, {"group": "999"}, {"sync": "maybe"}])
def test_a_filter_that_nobody_knows_narrows_nothing(alice: User, nonsense: dict[str, str]) -> None:
    assert found(client_for(alice), **nonsense) == {"alice"}


def test_contacts_are_masked(alice: User, dina: User) -> None:
    page = page_text(client_for(alice).get(PEOPLE))
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "d***@example.com" in page


def test_who_sees_masked_numbers_cannot_guess_them_by_searching(sue: User, dina: User) -> None:
    assert found(client_for(sue), q="5678") == set()
    assert found(client_for(sue), q="dina") == {"dina"}


def test_another_school_is_not_there(alice: User, charlie: User) -> None:
    assert found(client_for(alice)) == {"alice"}
    assert found(client_for(charlie)) == {"charlie"}


def test_teachers_and_students_have_no_list_of_people(bob: User, dina: User) -> None:
    for one in (bob, dina):
        assert client_for(one).get(PEOPLE).status_code == 403


def test_a_supervisor_looks_and_changes_nothing(sue: User, dina: User) -> None:
    page = page_text(client_for(sue).get(PEOPLE))
    assert "/people/new/" not in page
    assert f"/people/{dina.pk}/edit/" not in page


def test_a_long_list_is_paged_and_costs_no_more_queries_than_a_short_one(
    alice: User, dina: User, school: Enterprise
) -> None:
    save_group(group=StudentGroup(enterprise=school, name="Croquet"), students=[dina], by=alice)
    client = client_for(alice)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(PEOPLE)
    crowd = [User(enterprise=school, user_id=f"s{n}", nickname=f"S{n}", role="student") for n in range(60)]
    for one in crowd:
        one.save(force_insert=True)
    save_group(group=StudentGroup(enterprise=school, name="All"), students=crowd, by=alice)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(PEOPLE)
    assert len(answer.context["keyset"].rows) == 50
    assert len(many) <= len(few)
    assert 'rel="next"' in page_text(answer)


@pytest.fixture
def chen(school: Enterprise) -> User:
    return User.objects.create(enterprise=school, user_id="s1", role=Role.STUDENT, nickname="陈伟")


@pytest.mark.parametrize("typed", ["陈", "陈伟", "chenwei", "chen wei", "wei chen", "CW", "cw", "wei", "c"])
def test_a_chinese_name_is_found_by_characters_pinyin_and_initials(
    alice: User, chen: User, typed: str
) -> None:
    assert "s1" in found(client_for(alice), q=typed)


@pytest.mark.parametrize("typed", ["hen", "wc", "chenwu", "chen wu"])
def test_a_chinese_name_is_not_found_by_other_pinyin(alice: User, chen: User, typed: str) -> None:
    assert "s1" not in found(client_for(alice), q=typed)


def test_students_are_found_by_the_pinyin_of_their_group(alice: User, dina: User) -> None:
    group = StudentGroup(enterprise=dina.enterprise, name="高一(2)班")
    save_group(group=group, students=[dina], by=alice)
    assert found(client_for(alice), q="gaoyi") == {"dina"}
    assert found(client_for(alice), q="gy2b") == {"dina"}


def test_people_sort_by_pinyin_across_pages(
    alice: User, school: Enterprise, other_school: Enterprise
) -> None:
    names = ["赵云", "曾国藩", "安娜", "陈伟", "Ben", "陈安"]
    for school_of, prefix in ((school, "a"), (other_school, "b")):
        for n, name in enumerate(names * 20):
            create_named(school_of, f"{prefix}{n}", name)
    client = client_for(alice, "zh-hans")
    after, listed = "", []
    while True:
        page = client.get(PEOPLE, {"role": "student", **({"after": after} if after else {})}).context[
            "keyset"
        ]
        listed += [one.nickname for one in page.rows]
        after = page.next
        if not after:
            break
    assert listed == [name for name in ("安娜", "Ben", "陈安", "陈伟", "曾国藩", "赵云") for _ in range(20)]


def create_named(school: Enterprise, user_id: str, name: str) -> User:
    return User.objects.create(enterprise=school, user_id=user_id, role=Role.STUDENT, nickname=name)
