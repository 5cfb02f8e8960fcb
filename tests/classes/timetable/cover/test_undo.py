"""Cover that was assigned or undone, and an absence that was revoked, are taken back before iclass hears."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from classes.models import Cover, Lesson, Member, TeacherAbsence
from classes.timetable.cover.services import assign_covers, undo_cover
from classes.timetable.cover.undo import (
    assign_revocably,
    restore_covers,
    undo_assignment,
    undo_cover_revocably,
    withdraw_revocably,
)
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.classes.factories import add_members
from tests.classes.timetable.cover.conftest import lesson_at, on_the_day
from tests.support.undo_button import press_undo, ticket_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds", "english")]


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


@pytest.fixture
def lesson(chen):
    return lesson_at(chen, 10)


def teacher_of(lesson):
    return Lesson.objects.select_related("teacher").get(pk=lesson.pk).teacher


def in_force():
    return list(Cover.objects.filter(undone_at=None).values_list("covering__user_id", flat=True))


def page_of(absence):
    return f"/timetable/cover/{absence.pk}/"


def test_cover_is_taken_back_by_the_button_of_its_message(browse, client, alice, bob, chen, absence, lesson):
    form = {f"teacher_{lesson.pk}": "bob", f"seen_{lesson.pk}": "chen", "assign": lesson.pk}
    answer = browse(alice, page_of(absence), form)
    assert (teacher_of(lesson), in_force()) == (bob, ["bob"])
    press_undo(client, answer.url)
    assert (teacher_of(lesson), in_force()) == (chen, [])


def test_who_assisted_assists_again_and_all_lessons_go_back(alice, bob, chen, absence, lesson):
    add_members(lesson, bob)
    Member.objects.filter(lesson=lesson).update(role="assistant")
    other = lesson_at(chen, 12)
    number, values = assign_revocably(absence=absence, choices={lesson.pk: bob, other.pk: bob}, by=alice)
    assert number == 2
    undo_assignment(absence=absence, by=alice, values=values)
    assert {teacher_of(lesson), teacher_of(other)} == {chen}
    assert list(lesson.members.values_list("user__user_id", "role")) == [("bob", "assistant")]


@pytest.mark.parametrize("undone", [False, True])
def test_what_was_sent_or_undone_since_is_not_taken_back(alice, bob, absence, lesson, undone):
    _, values = assign_revocably(absence=absence, choices={lesson.pk: bob}, by=alice)
    if undone:
        undo_cover(cover=Cover.objects.get(), by=alice)
    else:
        Operation.objects.update(state="sending", attempts=1)
    before = teacher_of(lesson)
    with pytest.raises(ValidationError, match="meanwhile|meantime|too late"):
        undo_assignment(absence=absence, by=alice, values=values)
    assert teacher_of(lesson) == before


def test_a_cover_that_replaces_another_offers_no_undo(alice, bob, dora, absence, be_absent, lesson):
    assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
    second = be_absent(bob)
    number, values = assign_revocably(absence=second, choices={lesson.pk: dora}, by=alice)
    assert (number, values) == (1, None)


def test_a_cover_that_was_undone_comes_back(browse, client, alice, bob, chen, absence, lesson):
    assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
    answer = browse(alice, f"/timetable/cover/lessons/{Cover.objects.get().pk}/undo/", {})
    assert answer.url == page_of(absence)
    assert (teacher_of(lesson), in_force()) == (chen, [])
    press_undo(client, answer.url)
    assert (teacher_of(lesson), in_force()) == (bob, ["bob"])


def test_who_is_no_longer_free_does_not_cover_again(alice, bob, absence, be_absent, lesson):
    assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
    values = undo_cover_revocably(cover=Cover.objects.get(), by=alice)
    be_absent(bob)
    with pytest.raises(ValidationError, match="Bob is absent during"):
        restore_covers(absence=absence, by=alice, values=values)
    assert in_force() == []


def test_a_revoked_absence_counts_again_with_its_cover(browse, client, alice, bob, chen, absence, lesson):
    assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
    answer = browse(alice, f"{page_of(absence)}withdraw/", {})
    assert (teacher_of(lesson), in_force()) == (chen, [])
    _, ticket = press_undo(client, answer.url)
    assert (teacher_of(lesson), in_force()) == (bob, ["bob"])
    assert TeacherAbsence.objects.get().withdrawn_at is None
    assert AuditEntry.objects.filter(action="absence.restore").count() == 1
    browse(alice, "/undo/", {"ticket": ticket, "next": page_of(absence)})
    assert in_force() == ["bob"], "a second Undo changes nothing"


def test_an_absence_that_was_entered_anew_keeps_the_former_one_revoked(alice, chen, absence, be_absent):
    _, values = withdraw_revocably(absence=absence, by=alice)
    be_absent(chen, on_the_day(9), on_the_day(11))
    with pytest.raises(ValidationError, match="has already been entered"):
        restore_covers(absence=absence, by=alice, values=values)
    assert withdraw_revocably(absence=absence, by=alice).values is None


def test_the_right_is_checked_again(browse, client, alice, bob, absence, lesson):
    assign_covers(absence=absence, choices={lesson.pk: bob}, by=alice)
    answer = browse(alice, f"{page_of(absence)}withdraw/", {})
    ticket = ticket_on(client, answer.url)
    User.objects.filter(pk=alice.pk).update(role="teacher")
    alice.refresh_from_db()
    browse(alice, "/undo/", {"ticket": ticket, "next": "/"})
    assert in_force() == []
