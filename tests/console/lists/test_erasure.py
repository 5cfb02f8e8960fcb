"""Erasing a person deletes exactly the saved views that name the person, and keeps those of others."""

import pytest

from accounts.models import Enterprise, Role, User
from accounts.people.erasure import erase_person
from accounts.people.tables import PEOPLE_TABLE
from console.lists.models import SavedView
from console.lists.services import save_view
from console.lists.view_settings import ViewSettings
from tests.support.cast import create_person

pytestmark = pytest.mark.usefixtures("english")


def save(by: User, name: str, searched: str = "", *, is_shared: bool = False) -> SavedView:
    settings = ViewSettings(filters={"q": [searched]} if searched else {})
    return save_view(by=by, table=PEOPLE_TABLE, name=name, settings=settings, is_shared=is_shared)


def test_erasing_a_person_deletes_their_views_and_those_that_search_for_them(
    alice: User, bob: User, charlie: User
) -> None:
    save(bob, "Refused")
    shared = save(alice, "Refused", is_shared=True)
    save(alice, "Him", "bob")
    elsewhere = save(charlie, "Bob", "bob")
    erase_person(person=bob, by=alice, reason="asked for it")
    assert set(SavedView.objects.values_list("pk", flat=True)) == {shared.pk, elsewhere.pk}


@pytest.mark.parametrize(
    ("name", "searched"),
    [
        ("X", "BOB"),
        ("Bob's lessons", ""),
        ("X", "anna bob"),
        ("X", "Bob."),
        ("(bob)", ""),
        ("X", "138 bob@x.cn"),
    ]
    + [("X", "13812345678")],
)
def test_a_view_that_names_the_person_is_deleted(alice: User, bob: User, name: str, searched: str) -> None:
    User.objects.filter(pk=bob.pk).update(phone_no="13812345678", e_mail="bob@x.cn")
    save(alice, name, searched)
    erase_person(person=bob, by=alice, reason="asked for it")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("text", ["bobby", "Kabob", "bob2", "bob-2", "bob.b", "x_bob", "2138123456780"])
def test_a_view_that_names_somebody_alike_is_kept(
    alice: User, bob: User, school: Enterprise, text: str
) -> None:
    User.objects.filter(pk=bob.pk).update(phone_no="13812345678")
    save(alice, text)
    save(alice, "X", text)
    erase_person(person=bob, by=alice, reason="asked for it")
    assert SavedView.objects.count() == 2


def test_chinese_names_are_told_apart_by_the_names_of_the_school(alice: User, school: Enterprise) -> None:
    User.objects.create(enterprise=school, user_id="s2", role=Role.STUDENT, nickname="陈伟明")
    chen = User.objects.create(enterprise=school, user_id="s1", role=Role.STUDENT, nickname="陈伟")
    kept = [save(alice, "陈伟明"), save(alice, "X", "陈伟明的家长"), save(alice, "s10")]
    for name, searched in (("陈伟的课", ""), ("Y", "陈伟"), ("Z", "陈伟明 陈伟"), ("s1", "")):
        save(alice, name, searched)
    erase_person(person=chen, by=alice, reason="asked for it")
    assert set(SavedView.objects.values_list("pk", flat=True)) == {view.pk for view in kept}


def test_a_name_of_one_character_must_stand_alone(alice: User, school: Enterprise) -> None:
    li = User.objects.create(enterprise=school, user_id="s1", role=Role.STUDENT, nickname="李")
    kept = save(alice, "李伟")
    save(alice, "X", "李")
    erase_person(person=li, by=alice, reason="asked for it")
    assert list(SavedView.objects.all()) == [kept]


def test_the_name_that_another_person_has_too_is_erased(alice: User, bob: User, school: Enterprise) -> None:
    namesake = create_person(school, "bob-2", Role.TEACHER)
    User.objects.filter(pk=namesake.pk).update(nickname="Bob")
    save(alice, "Bob")
    erase_person(person=bob, by=alice, reason="asked for it")
    assert not SavedView.objects.exists()
