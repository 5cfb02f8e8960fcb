from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Enterprise, Role, User
from console import policy
from console.policy import FieldVisibility, Scope, may, scope_of, scoped
from console.policy.field_table import FIELDS
from console.policy.table import TABLE
from tests.support.cast import create_person

EVERYTHING = [(action, resource) for resource, rows in TABLE.items() for action in rows]
ON_PEOPLE = [(action, "person") for action in TABLE["person"]]


def test_a_stranger_a_deactivated_person_and_an_unknown_role_may_nothing(
    school: Enterprise, alice: User
) -> None:
    alice.is_active = False
    nobodies = [
        None,
        AnonymousUser(),
        alice,
        create_person(school, "hatter", "hatter"),
        create_person(school, "nobody", ""),
        create_person(school, "mallory", "operator"),
    ]
    nobodies[-1].role = "OPERATOR"
    for nobody in nobodies:
        for action, resource in EVERYTHING:
            assert not may(nobody, action, resource)
        assert not scoped(User.objects.all(), nobody, "person").exists()
        assert not policy.in_school(User.objects.all(), nobody, "person").exists()


def test_a_role_that_only_spells_operator_is_not_one(school: Enterprise) -> None:
    mallory = create_person(school, "mallory", "operator")
    assert not may(mallory, "add", "school")
    assert not scoped(Enterprise.objects.all(), mallory, "school").exists()


@pytest.mark.parametrize(
    ("action", "resource"), [("fly", "lesson"), ("view", "kingdom"), ("", ""), ("View", "lesson")]
)
def test_what_does_not_stand_in_the_table_is_a_mistake_of_the_caller(
    alice: User, action: str, resource: str
) -> None:
    for ask in (may, scope_of, policy.field_visibility):
        with pytest.raises(LookupError, match="knows no"):
            ask(alice, action, resource)
    with pytest.raises(LookupError):
        scoped(User.objects.all(), alice, resource, action)


def test_alice_runs_her_school_and_no_other(alice: User, bob: User, charlie: User) -> None:
    assert may(alice, "change", "person", bob)
    assert not may(alice, "change", "person", charlie)
    assert not may(charlie, "view", "person", bob)
    assert set(scoped(User.objects.all(), alice, "person", "list")) == {alice, bob}
    assert may(alice, "view", "school", alice.enterprise)
    assert not may(alice, "view", "school", charlie.enterprise)
    assert not may(alice, "change", "school", alice.enterprise)


def test_bob_sees_himself_and_changes_nobody(alice: User, bob: User) -> None:
    assert may(bob, "view", "person", bob)
    assert not may(bob, "view", "person", alice)
    assert not may(bob, "change", "person", bob)
    assert not may(bob, "list", "person")
    assert set(scoped(User.objects.all(), bob, "person")) == {bob}


def test_an_operator_sees_the_schools_and_nothing_in_them(olga: User, alice: User, charlie: User) -> None:
    schools = Enterprise.objects.all()
    assert set(scoped(schools, olga, "school", "list")) == {alice.enterprise, charlie.enterprise}
    assert may(olga, "change", "school", alice.enterprise)
    for action, resource in EVERYTHING:
        assert may(olga, action, resource) <= (resource in ("school", "visit", "policy", "mail_server"))
    assert not policy.in_school(User.objects.all(), olga, "person").exists()
    assert policy.in_school(schools, olga, "school").count() == 2


@pytest.mark.parametrize("role", ["operator", *Role.values, "unheard-of"])
def test_a_list_and_the_question_about_one_row_agree(
    role: str, school: Enterprise, alice: User, charlie: User, olga: User
) -> None:
    asking = olga if role == "operator" else create_person(school, "asking", role)
    for action, resource in ON_PEOPLE:
        rows = set(scoped(User.objects.all(), asking, resource, action))
        assert rows == {row for row in User.objects.all() if may(asking, action, resource, row)}
        assert may(asking, action, resource) or not rows


def test_an_app_may_answer_for_one_row_without_a_query(bob: User, django_assert_num_queries) -> None:
    row = SimpleNamespace(enterprise_id=bob.enterprise_id, owner=bob)
    ownership = policy.rules.Ownership(
        "enterprise",
        lambda user: Q(owner=user),
        lambda user, row: row.owner is user,
        lambda user: Q(owner=user),
    )
    with django_assert_num_queries(0):
        assert policy.rules._owns(bob, row, ownership, "change")


def test_own_rows_must_be_explained_where_the_table_speaks_of_them() -> None:
    with pytest.raises(LookupError, match="own rows"):
        policy.register("lesson", of_school="enterprise")
    with pytest.raises(LookupError, match="kingdom"):
        policy.register("kingdom", of_school="enterprise")


def test_contacts_are_masked_in_lists_and_whole_where_they_are_edited(alice: User, bob: User) -> None:
    assert policy.field_visibility(alice, "list", "person")["phone_no"] == FieldVisibility.MASKED
    assert policy.field_visibility(alice, "change", "person")["phone_no"] == FieldVisibility.CLEAR
    assert policy.field_visibility(bob, "view", "person")["phone_no"] == FieldVisibility.CLEAR
    assert policy.field_visibility(bob, "change", "person")["phone_no"] == FieldVisibility.HIDDEN
    assert policy.field_visibility(alice, "push", "person")["e_mail"] == FieldVisibility.HIDDEN
    assert policy.field_visibility(alice, "view", "recording") == {}


def test_the_address_of_the_teacher_is_for_teachers_and_administrators(
    alice: User, bob: User, dina: User, sue: User
) -> None:
    sight = {
        one.user_id: policy.field_visibility(one, "view", "lesson")["teacher_url"]
        for one in (alice, bob, dina, sue)
    }
    assert sight == {
        "alice": FieldVisibility.CLEAR,
        "bob": FieldVisibility.CLEAR,
        "dina": FieldVisibility.HIDDEN,
        "sue": FieldVisibility.HIDDEN,
    }
    assert may(bob, "reveal_link", "lesson")
    assert not may(dina, "reveal_link", "lesson")


def test_strangers_see_no_sensitive_field() -> None:
    for resource in FIELDS:
        assert set(policy.field_visibility(AnonymousUser(), "view", resource).values()) == {
            FieldVisibility.HIDDEN
        }


def test_a_value_is_shown_as_the_table_says(alice: User, bob: User, dina: User) -> None:
    assert policy.visible_value(alice, "list", "person", "phone_no", "13812345678") == "138****5678"
    assert policy.visible_value(alice, "list", "person", "e_mail", "bob@example.com") == "b***@example.com"
    assert policy.visible_value(alice, "list", "person", "phone_no", "4711") == "***"
    assert policy.visible_value(alice, "list", "person", "phone_no", "") == ""
    assert policy.visible_value(alice, "reveal", "person", "phone_no", "13812345678") == "13812345678"
    assert policy.visible_value(dina, "list", "person", "phone_no", "13812345678") == ""
    assert policy.visible_value(dina, "view", "person", "nickname", "Bob") == "Bob"


def test_a_refusal_says_for_whom_it_is_and_what_to_do(bob: User) -> None:
    refusal = policy.refusal_message(bob, "add", "lesson")
    assert "administrator" in refusal or "管理员" in refusal
    assert "teacher" not in refusal
    assert policy.refusal_message(bob, "delete", "person") != refusal


def test_a_refusal_tells_an_operator_whether_to_enter_or_to_leave_a_school(
    olga: User, school: Enterprise
) -> None:
    with translation.override("en"):
        assert "enter it with a reason" in policy.refusal_message(olga, "list", "person")
        assert "It is allowed for: superadmin" in policy.refusal_message(olga, "add", "person")
        olga.enter_school(school)
        assert "Leave this school" in policy.refusal_message(olga, "enter", "visit")
        assert "It is allowed for: superadmin" in policy.refusal_message(olga, "add", "person")


def test_the_session_stands_in_the_school_of_its_person(alice: User, olga: User) -> None:
    request = RequestFactory().get("/")
    assert policy.current_school(request) is None
    for user, school in ((AnonymousUser(), None), (olga, None), (alice, alice.enterprise)):
        request.user = user
        assert policy.current_school(request) == school


def test_the_scope_of_a_right_can_be_asked(alice: User, bob: User, olga: User) -> None:
    asked = [scope_of(user, "view", "person") for user in (alice, bob, olga)]
    assert asked == [Scope.SCHOOL, Scope.OWN, Scope.NONE]
    assert scope_of(olga, "view", "school") == Scope.ALL


def test_during_a_visit_an_operator_has_rights_over_that_school_alone(
    olga: User, alice: User, charlie: User
) -> None:
    olga.enter_school(alice.enterprise)
    assert scope_of(olga, "view", "school") == Scope.SCHOOL
    assert set(scoped(Enterprise.objects.all(), olga, "school", "list")) == {alice.enterprise}
    assert may(olga, "list", "person")
    assert may(olga, "view", "person", alice)
    assert not may(olga, "view", "person", charlie)
    assert not may(olga, "add", "school")
    assert not may(olga, "enter", "visit")
    assert policy.visible_value(olga, "view", "person", "phone_no", "13812345678") == "138****5678"
