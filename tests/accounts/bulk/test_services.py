"""Actions on many people: for all of them or for none, and on record."""

import pytest
from django.core.exceptions import ValidationError

from accounts.bulk.services import (
    BulkRefused,
    add_people_to_group,
    deactivate_people,
    find_refusals,
    renew_entry_tokens,
)
from accounts.models import Enterprise, Role, StudentGroup, User
from accounts.people.group_services import archive_group
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.support.cast import create_person

pytestmark = pytest.mark.usefixtures("english")


def members(group: StudentGroup) -> set[str]:
    return set(group.students.values_list("user_id", flat=True))


def test_all_of_them_join_and_the_others_stay(
    alice: User, dina: User, students: list[User], croquet: StudentGroup
) -> None:
    assert add_people_to_group(people=[*students, dina], by=alice, group=croquet) == 3
    assert members(croquet) == {"dina", "student-0", "student-1", "student-2"}


def test_a_member_who_is_no_student_any_more_stays_in_the_group(
    alice: User, dina: User, students: list[User], croquet: StudentGroup
) -> None:
    """iclass may report another role for a member; only who edits the group decides that they leave."""
    User.objects.filter(pk=dina.pk).update(role=Role.ASSISTANT)
    assert add_people_to_group(people=students, by=alice, group=croquet) == 3
    assert members(croquet) == {"dina", "student-0", "student-1", "student-2"}


def test_a_teacher_among_them_keeps_all_out_and_is_named(
    alice: User, bob: User, students: list[User], croquet: StudentGroup
) -> None:
    with pytest.raises(BulkRefused) as caught:
        add_people_to_group(people=[*students, bob], by=alice, group=croquet)
    assert [(one.person, one.reason) for one in caught.value.refusals] == [
        (bob, "Only students can be in a group.")
    ]
    assert members(croquet) == {"dina"}


def test_a_group_archived_meanwhile_ends_in_a_sentence(
    alice: User, students: list[User], croquet: StudentGroup
) -> None:
    archive_group(group=croquet, by=alice)
    with pytest.raises(ValidationError, match="archived"):
        add_people_to_group(people=students, by=alice, group=croquet)
    assert members(croquet) == {"dina"}


def test_all_are_deactivated_with_an_entry_each_and_one_for_the_act(
    alice: User, students: list[User]
) -> None:
    assert deactivate_people(people=students, by=alice, reason="left the school") == 3
    assert not User.objects.filter(pk__in=[one.pk for one in students], is_active=True).exists()
    entries = AuditEntry.objects.filter(reason="left the school")
    assert entries.filter(action="person.deactivate").count() == 3
    assert entries.get(action="person.deactivate_many").after == {"people": 3}


def test_everybody_who_cannot_be_deactivated_is_named_and_nobody_is_deactivated(
    alice: User, school: Enterprise, students: list[User]
) -> None:
    boss = create_person(school, "queen", Role.SUPERADMIN)
    User.objects.filter(pk=students[0].pk).update(is_active=False)  # since the list was read
    with pytest.raises(BulkRefused) as caught:
        deactivate_people(people=[*students, boss, alice], by=alice, reason="spring")
    reasons = {one.person.user_id: one.reason for one in caught.value.refusals}
    assert reasons == {
        "student-0": "This person is already deactivated.",
        "queen": "Only a superadmin can edit a superadmin.",
        "alice": "You cannot deactivate yourself. Ask another administrator.",
    }
    assert User.objects.filter(pk__in=[one.pk for one in students[1:]], is_active=True).count() == 2
    assert not AuditEntry.objects.filter(action__startswith="person.deactivate").exists()


def test_tokens_are_replaced_for_all_or_none(alice: User, bob: User, students: list[User]) -> None:
    with pytest.raises(BulkRefused):
        renew_entry_tokens(people=[*students, bob], by=alice)
    assert not Operation.objects.filter(kind="user.token").exists()
    assert renew_entry_tokens(people=students, by=alice) == 3
    assert Operation.objects.filter(kind="user.token").count() == 3


def test_refusals_are_known_before_acting(alice: User, bob: User, students: list[User]) -> None:
    assert find_refusals("group", students, alice) == []
    assert [one.person for one in find_refusals("group", [*students, bob], alice)] == [bob]
    assert [one.person for one in find_refusals("deactivate", [alice, bob], alice)] == [alice]
