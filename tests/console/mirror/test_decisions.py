"""What a person decides about a difference: push, take, ignore, restore; each for just what was seen."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from accounts.mirror.upsert import upsert_person
from accounts.models import Enterprise, Role, User
from classes.lessons.services import push_lesson
from console.audit.models import AuditEntry
from console.audit.personal_data import make_unsealer
from console.iclass import UserInfo
from console.mirror.decisions import apply_decision, get_row_differences
from console.mirror.filters import DifferenceFilter, undecided_rows
from console.mirror.models import IgnoredDifference
from console.mirror.registry import reconcile
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.states import SyncState
from tests.console.mirror.remote_states import mark_different, mark_gone
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson
from tests.support.sandbox import Sandbox


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def count_differences(reader: User) -> int:
    """How many rows wait for a decision of this reader."""
    return sum(rows.count() for rows in undecided_rows(reader))


def look(row: User, **theirs: Any) -> User:
    """The service is looked at once more."""
    seen = fresh(row)
    upsert_person(seen, UserInfo(user_id=row.user_id, **({**seen.observed, **theirs})))
    return fresh(row)


def test_pushing_some_fields_sends_these_alone_and_takes_them_off_the_list(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert", phone_no="123")
    apply_decision("push", bob, by=alice, fields=["nickname"])
    operation = Operation.objects.get()
    assert (operation.kind, operation.args) == ("user.modify", {"fields": ["nickname"]})
    assert fresh(bob).nickname == "Bob"
    assert count_differences(alice) == 0


def test_taking_theirs_changes_ours_in_these_fields_alone(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert", phone_no="123")
    apply_decision("take", bob, by=alice, fields=["nickname"])
    now = fresh(bob)
    assert (now.nickname, now.phone_no, now.sync_state) == ("Robert", "", SyncState.CHANGED_OUTSIDE)
    apply_decision("take", now, by=alice)
    now = fresh(bob)
    assert (now.phone_no, now.sync_state) == ("123", SyncState.IN_SYNC)
    assert not Operation.objects.exists()


def test_what_is_ignored_is_in_sync_until_the_service_changes_it_again(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    apply_decision("ignore", bob, by=alice)
    assert fresh(bob).sync_state == SyncState.IN_SYNC
    assert look(bob).sync_state == SyncState.IN_SYNC
    assert look(bob, nickname="Rob").sync_state == SyncState.CHANGED_OUTSIDE


def test_what_is_ignored_comes_back_when_ours_changes(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    apply_decision("ignore", bob, by=alice)
    User.objects.filter(pk=bob.pk).update(nickname="Bobby")
    assert look(bob, phone_no="1").sync_state == SyncState.CHANGED_OUTSIDE
    assert [pair.name for pair in get_row_differences(fresh(bob)).open] == ["nickname", "phone_no"]


def test_ignoring_one_of_two_leaves_the_other_to_be_decided(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert", phone_no="123")
    apply_decision("ignore", bob, by=alice, fields=["nickname"])
    line = get_row_differences(fresh(bob))
    assert ([pair.name for pair in line.open], [pair.name for pair in line.ignored]) == (
        ["phone_no"],
        ["nickname"],
    )
    assert count_differences(alice) == 1
    apply_decision("ignore", fresh(bob), by=alice)
    assert count_differences(alice) == 0
    assert DifferenceFilter({"state": "ignored"}).rows(alice).count() == 1


def test_an_ignoring_is_taken_back(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    apply_decision("ignore", bob, by=alice)
    apply_decision("restore", fresh(bob), by=alice)
    assert fresh(bob).sync_state == SyncState.CHANGED_OUTSIDE
    assert not IgnoredDifference.objects.exists()


def test_each_decision_is_on_record(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    for name in ("ignore", "restore", "take"):
        apply_decision(name, fresh(bob), by=alice)
    mark_different(fresh(bob), nickname="Rob")
    apply_decision("push", fresh(bob), by=alice)
    entries = AuditEntry.objects.order_by("pk")
    assert [one.action for one in entries] == ["drift.ignore", "drift.restore", "person.take", "person.push"]
    assert {one.actor for one in entries} == {alice}
    assert make_unsealer([entries[0].after])(entries[0].after) == {
        "nickname": {"ours": "Bob", "theirs": "Robert"}
    }
    taken = (entries[2].before, entries[2].after)
    assert tuple(make_unsealer(taken)(taken)) == ({"nickname": "Bob"}, {"nickname": "Robert"})


def test_a_decision_about_values_that_have_changed_meanwhile_is_refused(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    seen = get_row_differences(bob).seen
    mark_different(bob, nickname="Rob")
    with translation.override("en"), pytest.raises(ValidationError, match="changed in the meantime"):
        apply_decision("take", bob, by=alice, seen=seen)
    assert fresh(bob).nickname == "Bob"
    apply_decision("take", bob, by=alice, seen=get_row_differences(fresh(bob)).seen)
    assert fresh(bob).nickname == "Rob"


@pytest.mark.parametrize("fields", [[], ["role"], ["nickname", "king"]])
def test_a_field_that_does_not_differ_cannot_be_chosen(alice: User, bob: User, fields: list[str]) -> None:
    mark_different(bob, nickname="Robert")
    with pytest.raises(ValidationError):
        apply_decision("take", bob, by=alice, fields=fields)
    assert fresh(bob).nickname == "Bob"


def test_while_something_is_under_way_there_is_nothing_to_decide(alice: User, bob: User) -> None:
    mark_different(bob, nickname="Robert")
    apply_decision("push", bob, by=alice)
    for name in ("push", "take", "ignore", "restore"):
        with pytest.raises(ValidationError):
            apply_decision(name, fresh(bob), by=alice)
    assert Operation.objects.count() == 1


def test_others_may_not(alice: User, bob: User, charlie: User) -> None:
    mark_different(bob, nickname="Robert")
    for reader in (bob, charlie):
        for name in ("push", "take", "ignore"):
            with pytest.raises(PermissionDenied):
                apply_decision(name, bob, by=reader)
    assert (count_differences(bob), count_differences(charlie)) == (0, 0)


def test_only_who_may_change_the_school_decides_about_it(alice: User, school: Enterprise) -> None:
    school.observed, school.sync_state = {"name": "Elsewhere"}, "changed_outside"
    school.save_mirrored(["observed", "sync_state"])
    with pytest.raises(PermissionDenied):
        apply_decision("push", school, by=alice)
    queen = create_person(school, "queen", Role.SUPERADMIN)
    apply_decision("take", school, by=queen)
    assert fresh(school).name == "Elsewhere"


def test_who_is_gone_is_kept_here_alone_or_made_again(alice: User, bob: User) -> None:
    mark_gone(mark_different(bob))
    apply_decision("ignore", bob, by=alice)
    assert (fresh(bob).sync_state, count_differences(alice)) == (SyncState.GONE, 0)
    apply_decision("restore", fresh(bob), by=alice)
    assert count_differences(alice) == 1
    apply_decision("push", fresh(bob), by=alice)
    assert Operation.objects.get().kind == "user.register"


def test_a_person_who_is_gone_cannot_be_followed(alice: User, bob: User) -> None:
    mark_gone(mark_different(bob))
    assert "take" not in get_row_differences(bob).acts
    with pytest.raises(ValidationError):
        apply_decision("take", bob, by=alice)


def settled(lesson: Any) -> Any:
    relay.drain()
    return fresh(lesson)


def test_a_lesson_changed_outside_is_healed_either_way(
    iclass: Sandbox, connected: Enterprise, alice: User, bob: User
) -> None:
    for name, topic in (("push", None), ("take", "Flamingos")):
        lesson = settled(create_lesson(bob, alice))
        changed = {"class_id": int(lesson.remote_id), "class_topic": "Flamingos"}
        assert iclass.call("class/modify", changed)["error_code"] == 0
        reconcile(connected)
        lesson = fresh(lesson)
        [pair] = get_row_differences(lesson).open
        assert (pair.ours_told, pair.theirs_told) == (lesson.topic, "Flamingos")
        apply_decision(name, lesson, by=alice)
        after = settled(lesson)
        assert (after.topic, after.sync_state) == (topic or lesson.topic, SyncState.IN_SYNC)
        told = iclass.call("class/info", {"class_id": int(lesson.remote_id)})
        assert told["class_topic"] == after.topic


def test_a_lesson_that_is_gone_is_made_again_or_cancelled_here(
    iclass: Sandbox, connected: Enterprise, alice: User, bob: User
) -> None:
    for name in ("push", "take"):
        lesson = settled(create_lesson(bob, alice))
        assert iclass.call("class/delete", {"class_id": int(lesson.remote_id)})["error_code"] == 0
        lesson = mark_gone(lesson)
        apply_decision(name, lesson, by=alice)
        after = settled(lesson)
        assert after.sync_state == SyncState.IN_SYNC
        assert bool(after.cancelled_at) is (name == "take")
        assert (after.remote_id != lesson.remote_id) is (name == "push")


def test_members_are_told_by_name_and_role(
    connected: Enterprise, alice: User, bob: User, school: Enterprise
) -> None:
    ann, kid = create_person(school, "ann", Role.STUDENT), create_person(school, "kid", Role.STUDENT)
    lesson = create_lesson(bob, alice, students=[ann])
    lesson.observed = {"members": {kid.user_id: "student", "ghost": "assistant"}}
    with translation.override("en"):
        [pair] = get_row_differences(lesson).pairs
    assert pair.ours_told == "1 person · Ann (student)"
    assert pair.theirs_told == "2 people · Kid (student) · ghost (assistant)"


def test_pushing_of_a_lesson_that_waits_is_not_in_the_way(alice: User, bob: User) -> None:
    """`push_lesson` of the page and the desk end in the same operation."""
    lesson = create_lesson(bob, alice)
    push_lesson(lesson=lesson, by=alice)
    assert get_row_differences(fresh(lesson)).acts == []
