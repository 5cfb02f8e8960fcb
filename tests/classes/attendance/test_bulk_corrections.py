"""One mark for several students at once: all or none, each with a decision and an audit entry of its own."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from classes.attendance.bulk_corrections import correct_marks
from classes.attendance.corrections import close_register, correct_mark
from classes.models import Attendance, Correction, Lesson
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from tests.classes.factories import add_members, create_finished_lesson, record_full_presence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def lesson(bob: User, kids: list[User]) -> Lesson:
    """Bob's, over: Kid1 was there all the time, Kid2 and Kid3 never came."""
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, kids[0]])
    return lesson


def row(lesson: Lesson, user_id: str) -> Attendance:
    return Attendance.objects.get(lesson=lesson, user_id=user_id)


def seen(lesson: Lesson, *people: str) -> dict[int, str]:
    return {one.pk: one.mark for one in (row(lesson, user_id) for user_id in people)}


def test_each_student_gets_a_decision_and_an_entry(lesson: Lesson, bob: User) -> None:
    chosen = seen(lesson, "kid2", "kid3")
    assert correct_marks(lesson=lesson, seen=chosen, mark="excused", reason="Sports day", by=bob) == 2
    told = list(Correction.objects.order_by("user_id").values_list("user_id", "instead_of", "mark", "reason"))
    assert told == [
        ("kid2", "absent", "excused", "Sports day"),
        ("kid3", "absent", "excused", "Sports day"),
    ]
    assert {one.after["user_id"] for one in AuditEntry.objects.filter(action="attendance.correct")} == {
        "kid2",
        "kid3",
    }
    assert [row(lesson, name).mark for name in ("kid1", "kid2", "kid3")] == ["present", "excused", "excused"]


def test_a_mark_that_somebody_else_changed_stops_all_and_names_who(
    lesson: Lesson, bob: User, alice: User
) -> None:
    chosen = seen(lesson, "kid2", "kid3")
    correct_mark(mark_of=row(lesson, "kid3"), mark="late", reason="Bus", by=alice)
    with pytest.raises(Conflict) as refused:
        correct_marks(lesson=lesson, seen=chosen, mark="excused", reason="Sports day", by=bob)
    assert refused.value.messages == [
        "Alice changed the mark of Kid3 to “late” in the meantime. Nothing was saved."
    ]
    assert row(lesson, "kid2").mark == "absent"


def test_evidence_that_came_in_the_meantime_is_told_without_a_name(lesson: Lesson, bob: User) -> None:
    with pytest.raises(Conflict, match="The mark of Kid1 has become “present” in the meantime"):
        correct_marks(
            lesson=lesson, seen={row(lesson, "kid1").pk: "unknown"}, mark="late", reason="x", by=bob
        )


@pytest.mark.parametrize("mark", ["late", ""])
def test_staff_and_rows_of_other_lessons_are_refused(
    lesson: Lesson, bob: User, kids: list[User], mark: str
) -> None:
    other = create_finished_lesson(bob)
    add_members(other, *kids)
    record_full_presence(other, [bob])
    for chosen in (seen(lesson, "kid2", "bob"), seen(lesson, "kid2") | seen(other, "kid2")):
        with pytest.raises(ValidationError, match="Only students"):
            correct_marks(lesson=lesson, seen=chosen, mark=mark, reason="x", by=bob)
    assert not Correction.objects.exists()


def test_marks_return_to_the_evidence_together(lesson: Lesson, bob: User) -> None:
    correct_marks(lesson=lesson, seen=seen(lesson, "kid2", "kid3"), mark="excused", reason="x", by=bob)
    again = seen(lesson, "kid1", "kid2", "kid3")
    assert correct_marks(lesson=lesson, seen=again, mark="", reason="No sports day", by=bob) == 2
    assert row(lesson, "kid2").mark == "absent"
    with pytest.raises(ValidationError, match="None of these marks"):
        correct_marks(lesson=lesson, seen=seen(lesson, "kid1"), mark="", reason="x", by=bob)


@pytest.mark.parametrize("words", ["", "  "])
def test_a_reason_and_students_are_needed(lesson: Lesson, bob: User, words: str) -> None:
    with pytest.raises(ValidationError, match="Enter a reason"):
        correct_marks(lesson=lesson, seen=seen(lesson, "kid2"), mark="late", reason=words, by=bob)
    with pytest.raises(ValidationError, match="at least one student"):
        correct_marks(lesson=lesson, seen={}, mark="late", reason="x", by=bob)


def test_a_closed_register_refuses(lesson: Lesson, bob: User) -> None:
    close_register(lesson=lesson, by=bob)
    with pytest.raises(ValidationError, match="closed"):
        correct_marks(lesson=lesson, seen=seen(lesson, "kid2"), mark="late", reason="x", by=bob)


def values(lesson: Lesson, *people: str) -> list[str]:
    return [f"{pk}.{mark}" for pk, mark in seen(lesson, *people).items()]


def test_the_bar_of_the_register_corrects_the_selected(browse: Any, bob: User, lesson: Lesson) -> None:
    path = f"/lessons/{lesson.pk}/attendance/"
    page = browse(bob, path).content.decode()
    chosen = values(lesson, "kid2", "kid3")
    assert all(f'name="chosen" value="{value}"' in page for value in chosen)
    done = browse(bob, f"{path}correct/", post={"chosen": chosen, "mark": "excused", "reason": "Sports day"})
    assert done["Location"] == path
    assert "2 marks have been corrected" in browse(bob, path).content.decode()


def test_what_was_typed_and_selected_comes_back_with_the_marks_of_now(
    browse: Any, bob: User, alice: User, lesson: Lesson
) -> None:
    path, chosen = f"/lessons/{lesson.pk}/attendance/correct/", values(lesson, "kid2", "kid3")
    correct_mark(mark_of=row(lesson, "kid3"), mark="late", reason="Bus", by=alice)
    post = {"chosen": chosen, "mark": "excused", "reason": "Sports day"}
    page = browse(bob, path, post=post).content.decode()
    assert "Alice changed the mark of Kid3" in page
    assert 'value="Sports day"' in page
    assert '<option value="excused" selected>' in page
    again = values(lesson, "kid2", "kid3")
    assert all(f'value="{value}" checked' in page for value in again)
    assert browse(bob, path, post=post | {"chosen": again}).status_code == 302
    assert row(lesson, "kid3").mark == "excused"


@pytest.mark.parametrize("chosen", [[], ["x"], ["1.sideways"], ["99999999.absent"], ["1"]])
def test_a_selection_that_means_nothing_is_refused_in_words(
    browse: Any, bob: User, lesson: Lesson, chosen: list[str]
) -> None:
    path = f"/lessons/{lesson.pk}/attendance/correct/"
    answer = browse(bob, path, post={"chosen": chosen, "mark": "late", "reason": "x"})
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()


def test_a_mark_has_to_be_chosen_and_may_be_that_of_the_evidence(
    browse: Any, bob: User, lesson: Lesson
) -> None:
    path = f"/lessons/{lesson.pk}/attendance/correct/"
    post = {"chosen": values(lesson, "kid2"), "mark": "", "reason": "x"}
    assert "Choose a mark." in browse(bob, path, post=post).content.decode()
    browse(bob, path, post=post | {"mark": "late"})
    assert row(lesson, "kid2").mark == "late"
    browse(bob, path, post={**post, "chosen": values(lesson, "kid2"), "mark": "evidence"})
    assert row(lesson, "kid2").mark == "absent"


def test_students_supervisors_and_another_school_correct_nothing(
    browse: Any, sue: User, kids: list[User], charlie: User, lesson: Lesson
) -> None:
    path = f"/lessons/{lesson.pk}/attendance/correct/"
    post = {"chosen": values(lesson, "kid2"), "mark": "present", "reason": "x"}
    answers = [browse(reader, path, post=post).status_code for reader in (sue, kids[1], charlie)]
    assert answers == [403, 403, 404]
    assert 'id="many"' not in browse(sue, f"/lessons/{lesson.pk}/attendance/").content.decode()
    assert not Correction.objects.exists()
