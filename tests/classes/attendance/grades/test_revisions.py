"""Fixed grades: numbered revisions that never change, and what has changed since."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from classes.attendance.grades.queries import read_grades
from classes.attendance.grades.sentences import difference_sentence
from classes.attendance.grades.services import fix_grades, set_rule
from classes.attendance.grades.snapshots import compare
from classes.attendance.register_digest import compute_digest
from classes.attendance.reports.forms import period_of_days
from classes.models import Course, GradeRevision, Lesson, Term
from console.audit.models import AuditEntry
from console.concurrency import value_digests
from tests.classes.attendance.grades.conftest import set_marks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def since(revision: GradeRevision, term: Term) -> str:
    """What the page says of a revision now."""
    period = period_of_days(term.starts_on, term.ends_on, revision.enterprise.tz)
    difference = compare(revision.body, read_grades(revision.course, period))
    return difference_sentence(revision.number, difference, {"kid1": "Kid1"})


def test_a_revision_keeps_the_grades_the_rule_and_who_fixed_them(
    course: Course, term: Term, alice: User, marked: list[User]
) -> None:
    revision = fix_grades(course=course, term=term, by=alice)
    assert (revision.number, revision.term_name, revision.fixed_by) == (1, "Autumn", alice)
    assert revision.digest == compute_digest(revision.body)
    assert revision.body["rule"]["late"] == "0.50"
    assert revision.body["people"] == [
        {
            **{"user_id": "kid1", "marks": {"present": 3, "late": 1}, "counted": 4},
            **{"points": "3.50", "percent": "87.5"},
        },
        {
            **{"user_id": "kid2", "marks": {"present": 1, "absent": 1, "excused": 1, "unknown": 1}},
            **{"counted": 2, "points": "1.00", "percent": "50.0"},
        },
        {"user_id": "kid3", "marks": {"excused": 1}, "counted": 0, "points": "0.00", "percent": None},
    ]
    entry = AuditEntry.objects.get(action="grades.fix")
    assert (entry.after["revision"], entry.after["students"]) == (1, 3)


def test_corrections_after_a_revision_show_as_a_difference_and_the_next_revision_has_them(
    course: Course, term: Term, alice: User, marked: list[User], lessons: list[Lesson]
) -> None:
    first = fix_grades(course=course, term=term, by=alice)
    assert since(first, term) == "Since revision 1, nothing has changed."
    with pytest.raises(ValidationError, match="Nothing has changed since revision 1"):
        fix_grades(course=course, term=term, by=alice)
    set_marks(lessons, marked[0], ["present"] * 4)
    assert since(first, term) == (
        "Since revision 1, the grade of 1 student has changed: Kid1: 87.5 %, now 100.0 %."
    )
    second = fix_grades(course=course, term=term, by=alice)
    assert (second.number, second.body["previous"]) == (2, first.digest)
    set_rule(by=alice, late=Decimal("0.9"))
    assert since(second, term) == "Since revision 2, the rule has changed."


def test_a_revision_is_never_changed_or_deleted(
    course: Course, term: Term, alice: User, marked: list[User]
) -> None:
    revision = fix_grades(course=course, term=term, by=alice)
    table = "classes_graderevision"
    for change in (f"UPDATE {table} SET digest = ''", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="fixed grades stay"), transaction.atomic():
            connection.cursor().execute(change)
    term.delete()
    revision.refresh_from_db()
    assert revision.term_name == "Autumn"


def test_grades_are_fixed_at_the_end_of_the_term_with_final_marks(
    course: Course, term: Term, alice: User, marked: list[User], lessons: list[Lesson]
) -> None:
    Lesson.objects.filter(pk=lessons[0].pk).update(final_at=None)
    with pytest.raises(ValidationError) as refused:
        fix_grades(course=course, term=term, by=alice)
    assert refused.value.message_dict == {
        "anyway": ["1 lesson of this term has no final marks yet."],
    }
    assert fix_grades(course=course, term=term, by=alice, anyway=True).body["people"][0]["counted"] == 3
    term.ends_on += timedelta(days=30)
    with pytest.raises(ValidationError, match="Grades are fixed from that day on"):
        fix_grades(course=course, term=term, by=alice)
    Lesson.objects.update(final_at=None)
    term.ends_on -= timedelta(days=30)
    with pytest.raises(ValidationError, match="No student has a final mark"):
        fix_grades(course=course, term=term, by=alice)


def test_a_rule_counts_at_least_one_mark_and_two_editors_do_not_overwrite_each_other(alice: User) -> None:
    rule = set_rule(by=alice, late=Decimal("0.7"))
    seen = value_digests(rule, ["late", "excused"])
    set_rule(by=alice, late=Decimal("0.8"), seen=seen)
    assert set_rule(by=alice, excused=Decimal(1), late=Decimal("0.7"), seen=seen).late == Decimal("0.8")
    with pytest.raises(ValidationError) as refused:
        set_rule(by=alice, late=Decimal("0.1"), seen=seen)
    assert set(refused.value.message_dict) == {"late"}
    names = ("present", "late", "left_early", "late_and_left_early", "absent", "excused")
    with pytest.raises(ValidationError, match="At least one mark must count"):
        set_rule(by=alice, **dict.fromkeys(names))
    assert AuditEntry.objects.filter(action="grades.rule").count() == 3
