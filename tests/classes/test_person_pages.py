"""The page of a person: who they are, their lessons and their marks."""

import pytest

from accounts.models import Role, User
from tests.classes.rows import expect, held, over, planned
from tests.support.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def kid(kids):
    """Kid1, with a phone and an address."""
    User.objects.filter(pk=kids[0].pk).update(phone_no="13812345678", e_mail="kid1@example.com")
    kids[0].refresh_from_db()
    return kids[0]


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_school_sees_contacts_masked_and_the_buttons(browse, alice, kid):
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "kid1@example.com" not in page
    assert f'href="/people/{kid.pk}/edit/"' in page
    assert "Year 7" in page


def test_people_see_their_own_contacts_whole_and_no_buttons(browse, kid):
    page = text_of(browse(kid, f"/people/{kid.pk}/"))
    assert "13812345678" in page
    assert f'href="/people/{kid.pk}/edit/"' not in page
    assert "/push/" not in page


def test_nobody_of_another_school_finds_them(browse, charlie, kid):
    assert browse(charlie, f"/people/{kid.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ASSISTANT, Role.STUDENT])
def test_who_may_see_only_themselves_is_refused(browse, school, kid, role):
    assert browse(person(school, "reader", role), f"/people/{kid.pk}/").status_code == 403


def test_a_students_lessons_and_marks_are_listed(browse, alice, bob, kid):
    coming, before = planned(bob, topic="To come"), over(bob, topic="Held")
    for lesson in (coming, before):
        expect(lesson, kid)
    held(before, [bob, kid])
    planned(bob, topic="Somebody else's")
    page = text_of(browse(alice, f"/people/{kid.pk}/"))
    assert page.index("To come") < page.index("Held")
    assert f'href="/lessons/{before.pk}/attendance/"' in page
    assert "100 %" in page
    assert "Somebody else" not in page


def test_a_teacher_has_lessons_and_no_marks(browse, alice, bob):
    held(over(bob, topic="Held"), [bob])
    page = text_of(browse(alice, f"/people/{bob.pk}/"))
    assert "Held" in page
    assert "Attendance" not in page


def test_a_refusal_is_explained_to_the_school(browse, alice, kid):
    User.objects.filter(pk=kid.pk).update(sync_state="refused", sync_reason="10210")
    assert "could not register this person" in text_of(browse(alice, f"/people/{kid.pk}/"))
    assert "could not register this person" not in text_of(browse(kid, f"/people/{kid.pk}/"))


def test_no_entry_token_is_on_the_page(browse, alice, kid):
    kid.user_token = "down-the-rabbit-hole"
    kid.save()
    for reader in (alice, kid):
        assert "rabbit-hole" not in text_of(browse(reader, f"/people/{kid.pk}/"))


def test_thirty_lessons_cost_no_more_queries_than_three(queries, alice, bob, kid):
    def more(number):
        for _ in range(number):
            lesson = over(bob)
            expect(lesson, kid)
            held(lesson, [kid])

    more(3)
    few = queries(alice, f"/people/{kid.pk}/")
    more(9)
    assert queries(alice, f"/people/{kid.pk}/") == few
