"""Warnings are raised once for each crossing, end, and are taken back where marks are corrected."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup
from classes.attendance.corrections import correct_mark
from classes.attendance.register import finalize_register
from classes.attendance.thresholds.crossings import Kind
from classes.attendance.thresholds.evaluation import evaluate_due_rules, evaluate_registers, evaluate_rule
from classes.models import Attendance, AttendanceWarning, Lesson, ThresholdRule
from console.notifications.models import Notification
from console.notifications.types import notification_type_of
from tests.classes.attendance.thresholds.conftest import set_marks
from tests.classes.factories import add_members, create_students, record_full_presence
from tests.support.cast import create_person
from tests.support.charges import replace_in_charge

pytestmark = pytest.mark.django_db


def add_rule(like: ThresholdRule, **fields: object) -> ThresholdRule:
    return ThresholdRule.objects.create(enterprise=like.enterprise, created_by=like.created_by, **fields)


def notified(kind: str) -> list[str]:
    rows = Notification.objects.filter(kind=kind).order_by("person__user_id")
    return list(rows.values_list("person__user_id", flat=True))


def test_a_student_who_crosses_is_warned_of_once_with_the_marks_that_caused_it(
    three_absences, lessons, pupils
):
    set_marks(lessons, pupils[0], ["present", "absent", "excused", "absent", "unknown", "absent"])
    set_marks(lessons, pupils[1], ["absent", "absent", "late"])
    evaluate_registers([lessons[5]])
    evaluate_registers([lessons[5]])
    assert evaluate_rule(three_absences) == 0
    (warning,) = AttendanceWarning.objects.all()
    assert (warning.person, warning.rule, warning.state) == (pupils[0], three_absences, "open")
    assert [mark["lesson"] for mark in warning.marks] == [lessons[n].pk for n in (1, 3, 5)]
    assert (warning.facts["count"], warning.facts["number"]) == (3, 3)


def test_the_nightly_evaluation_finds_what_no_register_told_of(three_absences, lessons, pupils):
    set_marks(lessons, pupils[0], ["absent"] * 6)
    assert evaluate_due_rules() == 1
    assert AttendanceWarning.objects.get().facts["count"] == 6
    assert evaluate_due_rules() == 0
    ThresholdRule.objects.update(checked_on=timezone.now() - timedelta(days=3))
    assert evaluate_due_rules() == 1
    assert AttendanceWarning.objects.count() == 1


def test_who_comes_again_is_warned_of_anew_at_the_next_crossing(three_absences, lessons, pupils):
    set_marks(lessons, pupils[0], ["", "absent", "absent", "absent"])
    evaluate_registers(lessons)
    set_marks(lessons[4:], pupils[0], ["present"])
    evaluate_registers(lessons)
    first = AttendanceWarning.objects.get()
    assert (first.ending, first.state) == ("over", "open")
    set_marks(lessons[4:], pupils[0], ["absent"])
    evaluate_registers(lessons)
    assert list(AttendanceWarning.objects.order_by("pk").values_list("ending", flat=True)) == ["over", ""]


def test_a_closed_warning_is_not_raised_again_while_the_student_stays_away(three_absences, lessons, pupils):
    set_marks(lessons, pupils[0], ["absent"] * 4)
    evaluate_registers(lessons)
    AttendanceWarning.objects.update(state="closed")
    set_marks(lessons, pupils[0], ["absent"] * 6)
    evaluate_registers(lessons)
    evaluate_rule(three_absences)
    assert AttendanceWarning.objects.count() == 1


def test_a_corrected_mark_takes_the_warning_back_and_says_so(three_absences, alice, bob, lessons, pupils):
    for lesson in lessons[:3]:
        add_members(lesson, pupils[0])
        record_full_presence(lesson, [bob])
    warning = AttendanceWarning.objects.get()
    assert notified("warning.absences") == ["alice", "bob"]
    row = Attendance.objects.get(lesson=lessons[1], person=pupils[0])
    correct_mark(mark_of=row, mark="present", reason="She sat beside a friend.", by=bob)
    warning.refresh_from_db()
    assert (warning.state, warning.ending) == ("back", "marks")
    assert [(one["lesson"], one["was"], one["now"]) for one in warning.changes] == [
        (lessons[1].pk, "absent", "present")
    ]
    assert notified("warning.back") == ["alice", "bob"]
    correct_mark(mark_of=row, mark="", reason="It was somebody else.", by=bob)
    assert AttendanceWarning.objects.filter(ended_at=None).count() == 1
    assert AttendanceWarning.objects.count() == 2


def test_a_correction_takes_it_back_also_after_the_student_came_again(three_absences, lessons, pupils):
    set_marks(lessons, pupils[0], ["absent", "absent", "absent", "excused"])
    evaluate_registers(lessons)
    set_marks(lessons[3:], pupils[0], ["present"])
    evaluate_registers(lessons)
    assert AttendanceWarning.objects.get().ending == "over"
    set_marks(lessons, pupils[0], ["excused"])
    assert evaluate_rule(three_absences) == 1
    assert AttendanceWarning.objects.get().state == "back"


def test_a_correction_that_changes_nothing_about_it_leaves_it(three_absences, lessons, pupils):
    set_marks(lessons, pupils[0], ["absent"] * 5)
    evaluate_registers(lessons)
    set_marks(lessons, pupils[0], ["present"])
    evaluate_registers(lessons)
    warning = AttendanceWarning.objects.get()
    assert (warning.ended_at, warning.state) == (None, "open")


def test_only_final_marks_count(three_absences, bob, lessons, pupils):
    Lesson.objects.filter(pk=lessons[2].pk).update(final_at=None)
    set_marks(lessons, pupils[0], ["absent"] * 3)
    evaluate_registers(lessons[:2])
    assert evaluate_rule(three_absences) == 0
    lesson = Lesson.objects.get(pk=lessons[2].pk)
    add_members(lesson, pupils[0])
    record_full_presence(lesson, [bob])
    assert not AttendanceWarning.objects.exists()
    finalize_register(lesson)
    assert AttendanceWarning.objects.get().person == pupils[0]


def test_a_rule_of_a_course_counts_its_lessons_alone(three_absences, croquet, lessons, pupils):
    rule = add_rule(three_absences, scope="course", course=croquet, kind="absences", number=3)
    set_marks(lessons, pupils[0], ["absent", "absent", "absent", "present"])
    set_marks(lessons, pupils[1], ["present", "absent", "absent", "absent"])
    evaluate_registers(lessons)
    found = AttendanceWarning.objects.values_list("rule", "person")
    assert sorted(found) == sorted([(rule.pk, pupils[0].pk), (three_absences.pk, pupils[1].pk)])


def test_a_rule_of_a_group_is_about_its_students(three_absences, lessons, pupils):
    ThresholdRule.objects.update(scope="group", group=StudentGroup.objects.get())
    StudentGroup.objects.get().students.remove(pupils[1])
    for student in pupils[:2]:
        set_marks(lessons, student, ["absent"] * 3)
    evaluate_registers(lessons)
    assert AttendanceWarning.objects.get().person == pupils[0]


def test_a_rule_whose_group_was_deleted_warns_nobody(three_absences, lessons, pupils):
    ThresholdRule.objects.update(scope="group", group=StudentGroup.objects.get())
    set_marks(lessons, pupils[0], ["absent"] * 3)
    evaluate_registers(lessons)
    StudentGroup.objects.all().delete()
    evaluate_rule(ThresholdRule.objects.get())
    assert AttendanceWarning.objects.get().ending == "over"


def test_the_other_kinds_look_at_the_last_days(three_absences, lessons, pupils):
    # Four days, in which the lessons of four days ago are not: no midnight may lie between.
    late = add_rule(three_absences, kind="late", number=2, days=4)
    unknown = add_rule(three_absences, kind="unknown", number=2, days=7)
    rate = add_rule(three_absences, kind="rate", number=60, days=28, least=4)
    set_marks(lessons, pupils[0], ["late", "present", "present", "present", "late_and_left_early", "late"])
    set_marks(lessons, pupils[1], ["unknown", "absent", "unknown", "present", "absent", "late"])
    set_marks(lessons, pupils[2], ["late", "absent", "absent", "left_early"])
    evaluate_registers(lessons)
    found = {(one.rule_id, one.person_id) for one in AttendanceWarning.objects.all()}
    assert found == {
        (late.pk, pupils[0].pk),
        (unknown.pk, pupils[1].pk),
        (rate.pk, pupils[1].pk),
        (rate.pk, pupils[2].pk),
    }
    set_marks(lessons, pupils[2], ["", "excused"])
    evaluate_registers(lessons)
    taken_back = AttendanceWarning.objects.get(person=pupils[2])
    assert taken_back.state == "back"


def test_the_student_and_the_teacher_of_the_course_are_told_where_the_rule_says_so(
    three_absences, croquet, lessons, pupils, school
):
    tom = create_person(school, "tom", Role.TEACHER)
    ThresholdRule.objects.update(
        scope="course", course=croquet, tells_office=False, tells_student=True, tells_teachers=True
    )
    replace_in_charge(StudentGroup.objects.all(), tom)
    set_marks(lessons, pupils[0], ["absent"] * 3)
    evaluate_registers(lessons)
    assert notified("warning.absences") == ["bob", "tom"]
    assert notified("warning.own_absences") == ["kid1"]
    evaluate_rule(three_absences)
    assert Notification.objects.filter(kind__startswith="warning.").count() == 3


def test_many_at_once_are_one_notification(three_absences, school, alice, lessons):
    for student in create_students(school, 7):
        set_marks(lessons, student, ["absent"] * 3)
    evaluate_rule(three_absences)
    assert AttendanceWarning.objects.count() == 7
    (row,) = Notification.objects.filter(kind__startswith="warning.")
    assert (row.person, row.kind, row.args) == (alice, "warning.many", {"n": 7})


def test_the_student_is_told_of_an_appeal_only_if_they_may(three_absences, lessons, pupils, school):
    Enterprise.objects.filter(pk=school.pk).update(students_appeal=False)
    ThresholdRule.objects.update(tells_office=False, tells_student=True)
    set_marks(lessons, pupils[0], ["absent"] * 3)
    evaluate_registers(lessons)
    assert notified("warning.own_absences_final") == ["kid1"]
    assert notified("warning.own_absences") == []
    for kind in Kind.values:
        told = notification_type_of(f"warning.own_{kind}_final")
        assert told is not None
        assert "appeal" not in str(told.text)
