"""Entering an absence, assigning cover, giving lessons back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import Cover, Lesson, Member, TeacherAbsence
from classes.timetable.cover.queries import cover_period, touched_lessons, with_cover_counts
from classes.timetable.cover.services import assign_covers, enter_absence, undo_cover, withdraw_absence
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from console.outbox.models import Operation
from tests.classes.factories import add_members, create_finished_lesson, create_running_lesson
from tests.classes.timetable.cover.conftest import lesson_at, on_the_day
from tests.support.cast import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def teacher_of(lesson):
    return Lesson.objects.get(pk=lesson.pk).teacher


def count_covers(school, period):
    people = with_cover_counts(school.users.all(), period)
    return {one.pk: one.times_covering for one in people if one.times_covering}


def cover_lesson(absence, lesson, teacher, by):
    (cover,) = assign_covers(absence=absence, choices={lesson.pk: teacher}, by=by)
    return cover


class TestEntering:
    def test_an_absence_changes_no_lesson_and_is_on_record_without_its_reason(self, chen, absence):
        lesson = lesson_at(chen, 10)
        assert list(touched_lessons(absence)) == [lesson]
        assert teacher_of(lesson) == chen
        entry = AuditEntry.objects.get(action="absence.add")
        assert entry.after["teacher"] == "chen"
        assert "sick" not in str(entry.after)

    @pytest.mark.parametrize(
        ("begins", "ends", "field"),
        [
            ((12, 1), (12, 1), "ends_at"),
            ((0, -3), (0, -2), "ends_at"),
            ((0, 1), (0, 33), "ends_at"),
            ((9, 1), (10, 1), "teacher"),
        ],
    )
    def test_a_wrong_time_is_refused_with_a_sentence(self, chen, alice, absence, begins, ends, field):
        times = [on_the_day(hour, days=days) for hour, days in (begins, ends)]
        with pytest.raises(ValidationError) as refused:
            enter_absence(teacher=chen, begins_at=times[0], ends_at=times[1], kind="sick", by=alice)
        assert list(refused.value.message_dict) == [field]
        assert TeacherAbsence.objects.count() == 1

    def test_students_and_people_who_left_are_not_absent_teachers(self, alice, school, chen, be_absent):
        kid = create_person(school, "kid", Role.STUDENT)
        chen.is_active = False
        for one in (kid, chen):
            with pytest.raises(ValidationError, match="Choose a teacher of your school"):
                be_absent(one)

    def test_the_database_keeps_absences_of_one_teacher_apart(self, absence, school, chen):
        times = {"begins_at": absence.begins_at, "ends_at": absence.ends_at}
        with pytest.raises(IntegrityError), transaction.atomic():
            TeacherAbsence.objects.create(enterprise=school, teacher=chen, **times)
        TeacherAbsence.objects.update(withdrawn_at=timezone.now())
        TeacherAbsence.objects.create(enterprise=school, teacher=chen, **times)

    def test_only_lessons_at_that_time_and_of_that_teacher_are_touched(self, chen, bob, be_absent):
        away = be_absent(chen, on_the_day(9, 30), on_the_day(11))
        inside = [lesson_at(chen, hour) for hour in (9, 10)]
        for teacher, hour, days in ((chen, 8, 1), (chen, 11, 1), (chen, 10, 2), (bob, 10, 1)):
            lesson_at(teacher, hour, days)
        gone = lesson_at(chen, 10, conflict_allowed=True, conflict_reason="x")
        Lesson.objects.filter(pk=gone.pk).update(cancelled_at=away.created_at - timedelta(days=1))
        assert list(touched_lessons(away)) == inside


class TestAssigning:
    def test_the_lesson_gets_the_covering_teacher_and_remembers_the_other(self, chen, bob, alice, absence):
        lesson = lesson_at(chen, 10)
        cover = cover_lesson(absence, lesson, bob, alice)
        assert teacher_of(lesson) == bob
        assert (cover.absent, cover.covering, cover.by) == (chen, bob, alice)
        operation = Operation.objects.get(subject_type="classes.lesson", subject_id=lesson.pk)
        assert operation.kind == "class.modify"
        changed, assigned = AuditEntry.objects.filter(object_id=lesson.pk).order_by("pk")
        assert (changed.action, assigned.action) == ("lesson.change", "cover.assign")
        assert (assigned.after["absent"], assigned.after["covering"]) == ("chen", "bob")
        assert list(touched_lessons(absence)) == [lesson], "it stays on the page of the absence"

    def test_all_lessons_change_or_none(self, chen, bob, dora, alice, absence):
        first, second = lesson_at(chen, 10), lesson_at(chen, 11)
        lesson_at(dora, 11, topic="Flamingos")
        with pytest.raises(ValidationError, match="Dora has “Flamingos” at this time"):
            assign_covers(absence=absence, choices={first.pk: bob, second.pk: dora}, by=alice)
        assert teacher_of(first) == teacher_of(second) == chen
        assert not Cover.objects.exists()
        assign_covers(absence=absence, choices={first.pk: bob, second.pk: bob}, by=alice)
        assert teacher_of(first) == teacher_of(second) == bob

    def test_nobody_gets_two_lessons_at_once(self, chen, bob, alice, absence):
        allowed = {"conflict_allowed": True, "conflict_reason": "Two rooms."}
        first, second = (lesson_at(chen, 10, **allowed) for _place in range(2))
        with pytest.raises(ValidationError, match="Bob has “Croquet"):
            assign_covers(absence=absence, choices={first.pk: bob, second.pk: bob}, by=alice)
        assert not Cover.objects.exists()

    def test_who_is_absent_or_left_or_teaches_it_does_not_cover(
        self, chen, bob, dora, tom, alice, absence, be_absent
    ):
        lesson = lesson_at(chen, 10)
        be_absent(dora, on_the_day(10, 30), on_the_day(12))
        type(tom).objects.filter(pk=tom.pk).update(is_active=False)
        tom.refresh_from_db()
        for one, sentence in (
            (dora, "Dora is absent during"),
            (chen, "Chen is the teacher of"),
            (tom, "This teacher is deactivated"),
        ):
            with pytest.raises(ValidationError, match=sentence):
                cover_lesson(absence, lesson, one, alice)
        assert teacher_of(lesson) == chen

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [({"status": "ing"}, "running"), ({"status": "end"}, "ended"), ({"cancelled": True}, "cancelled")],
    )
    def test_a_lesson_that_began_or_was_cancelled_is_refused(self, chen, bob, alice, absence, fields, reason):
        lesson = lesson_at(chen, 10)
        if fields.pop("cancelled", False):
            fields = {"cancelled_at": timezone.now()}
        Lesson.objects.filter(pk=lesson.pk).update(**fields)
        with pytest.raises(ValidationError, match=f"“Croquet 1”: {reason}"):
            cover_lesson(absence, lesson, bob, alice)
        assert not Cover.objects.exists()

    def test_a_lesson_of_another_time_or_school_is_refused(self, chen, bob, alice, absence, charlie):
        theirs = create_person(charlie.enterprise, "xu", Role.TEACHER)
        for lesson in (lesson_at(chen, 10, days=3), lesson_at(bob, 10), lesson_at(theirs, 10)):
            with pytest.raises(ValidationError, match="no longer at the time of the absence"):
                cover_lesson(absence, lesson, bob, alice)

    def test_a_teacher_of_another_school_does_not_cover(self, chen, alice, absence, other_school):
        xu = create_person(other_school, "xu", Role.TEACHER)
        with pytest.raises(ValidationError, match="Choose a teacher of your school"):
            cover_lesson(absence, lesson_at(chen, 10), xu, alice)

    def test_the_second_of_two_administrators_gets_a_sentence(self, chen, bob, dora, alice, absence):
        lesson = lesson_at(chen, 10)
        cover_lesson(absence, lesson, bob, alice)
        with pytest.raises(Conflict, match="Someone else gave “Croquet 1” to Bob in the meantime"):
            assign_covers(absence=absence, choices={lesson.pk: dora}, seen={lesson.pk: "chen"}, by=alice)
        withdraw_absence(absence=absence, by=alice)
        with pytest.raises(Conflict, match="Someone revoked this absence"):
            cover_lesson(absence, lesson, dora, alice)

    def test_a_covering_teacher_who_falls_ill_is_covered_for_the_first(
        self, chen, bob, dora, alice, absence, be_absent
    ):
        lesson = lesson_at(chen, 10)
        first = cover_lesson(absence, lesson, bob, alice)
        ill = be_absent(bob)
        assert list(touched_lessons(ill)) == [lesson]
        second = cover_lesson(ill, lesson, dora, alice)
        first.refresh_from_db()
        assert first.undone_at is not None
        assert (second.absent, second.covering) == (chen, dora)
        assert list(touched_lessons(absence)) == [lesson]


class TestGivingBack:
    def test_undoing_gives_the_lesson_back_and_keeps_the_history(self, chen, bob, alice, absence):
        lesson = lesson_at(chen, 10)
        cover = cover_lesson(absence, lesson, bob, alice)
        undo_cover(cover=cover, by=alice)
        assert teacher_of(lesson) == chen
        lesson.refresh_from_db()
        assert (lesson.conflict_reason, lesson.conflict_by) == ("The cover was undone.", alice)
        cover.refresh_from_db()
        assert cover.undone_by == alice
        assert AuditEntry.objects.get(action="cover.undo").before["covering"] == "bob"
        with pytest.raises(Conflict, match="Someone else changed the teacher of"):
            undo_cover(cover=cover, by=alice)

    def test_an_assistant_who_covered_assists_again(self, school, chen, ann, alice, absence):
        lesson = lesson_at(chen, 10)
        add_members(lesson, ann)
        cover = cover_lesson(absence, lesson, ann, alice)
        assert not lesson.members.exists(), "a teacher is no member"
        undo_cover(cover=cover, by=alice)
        assert lesson.members.get().user == ann
        assert lesson.members.get().role == Member.Role.ASSISTANT

    def test_a_lesson_that_began_or_has_a_third_teacher_stays(self, chen, bob, dora, alice, absence):
        lesson, other = lesson_at(chen, 10), lesson_at(chen, 11)
        covers = [cover_lesson(absence, one, bob, alice) for one in (lesson, other)]
        edit_lesson(lesson=Lesson.objects.get(pk=lesson.pk), teacher=dora, by=alice)
        with pytest.raises(Conflict, match="Someone else changed the teacher"):
            undo_cover(cover=covers[0], by=alice)
        Lesson.objects.filter(pk=other.pk).update(status="ing")
        with pytest.raises(ValidationError, match="running"):
            undo_cover(cover=covers[1], by=alice)
        assert withdraw_absence(absence=absence, by=alice).returned == 0
        assert (teacher_of(lesson), teacher_of(other)) == (dora, bob)

    def test_withdrawing_gives_back_what_has_not_begun(self, chen, bob, alice, absence):
        lessons = [lesson_at(chen, hour) for hour in (10, 11)]
        for one in lessons:
            cover_lesson(absence, one, bob, alice)
        Lesson.objects.filter(pk=lessons[0].pk).update(status="end")
        assert withdraw_absence(absence=absence, by=alice).returned == 1
        assert [teacher_of(one) for one in lessons] == [bob, chen]
        assert withdraw_absence(absence=absence, by=alice).returned == 0, "the second time changes nothing"

    def test_whoever_covered_and_fell_ill_covers_again_while_the_first_is_away(
        self, chen, bob, dora, alice, absence, be_absent
    ):
        lesson = lesson_at(chen, 10)
        cover_lesson(absence, lesson, bob, alice)
        ill = be_absent(bob)
        cover_lesson(ill, lesson, dora, alice)
        assert withdraw_absence(absence=ill, by=alice).returned == 1
        assert teacher_of(lesson) == bob
        cover = Cover.objects.get(undone_at=None)
        assert (cover.absence, cover.absent, cover.covering) == (absence, chen, bob)
        assert withdraw_absence(absence=absence, by=alice).returned == 1
        assert teacher_of(lesson) == chen
        assert not Cover.objects.filter(undone_at=None).exists()

    def test_the_first_gets_the_lesson_back_from_the_second_who_covers(
        self, chen, bob, dora, alice, absence, be_absent
    ):
        lesson = lesson_at(chen, 10)
        cover_lesson(absence, lesson, bob, alice)
        ill = be_absent(bob)
        cover_lesson(ill, lesson, dora, alice)
        assert withdraw_absence(absence=absence, by=alice).returned == 1
        assert teacher_of(lesson) == chen
        assert withdraw_absence(absence=ill, by=alice).returned == 0

    def test_nothing_goes_back_to_a_teacher_who_is_away_for_another_reason(self, chen, bob, alice, be_absent):
        lesson = lesson_at(chen, 10)
        morning = be_absent(chen, on_the_day(8), on_the_day(10, 20))
        be_absent(chen, on_the_day(10, 20), on_the_day(18))
        cover_lesson(morning, lesson, bob, alice)
        assert withdraw_absence(absence=morning, by=alice).returned == 0
        assert teacher_of(lesson) == bob

    def test_nothing_goes_back_to_a_teacher_who_has_another_lesson_by_now(self, chen, bob, alice, absence):
        lesson = lesson_at(chen, 10)
        cover = cover_lesson(absence, lesson, bob, alice)
        lesson_at(chen, 10, topic="Flamingos")
        for act in (
            lambda: undo_cover(cover=cover, by=alice),
            lambda: withdraw_absence(absence=absence, by=alice),
        ):
            with pytest.raises(ValidationError, match="Chen has “Flamingos”"):
                act()
        absence.refresh_from_db()
        assert (absence.withdrawn_at, teacher_of(lesson)) == (None, bob)


class TestCounting:
    def test_covers_of_the_term_count_that_are_held_by_the_covering_teacher(
        self, school, chen, bob, dora, alice, absence
    ):
        lessons = [lesson_at(chen, hour) for hour in (8, 9, 10, 11)]
        for one in lessons:
            cover_lesson(absence, one, bob, alice)
        period = cover_period(school, timezone.localdate())
        assert count_covers(school, period) == {bob.pk: 4}
        cancel_lesson(lesson=lessons[0], by=alice)
        undo_cover(cover=Cover.objects.get(lesson=lessons[1]), by=alice)
        edit_lesson(lesson=Lesson.objects.get(pk=lessons[2].pk), teacher=dora, by=alice)
        assert count_covers(school, period) == {bob.pk: 1}
        Cover.objects.update(created_at=on_the_day(0, days=-300))
        assert count_covers(school, period) == {bob.pk: 1}, "the day of the lesson counts"
        Lesson.objects.filter(pk=lessons[3].pk).update(
            starts_at=on_the_day(8, days=-300), ends_at=on_the_day(9, days=-300)
        )
        assert count_covers(school, period) == {}

    def test_lessons_that_run_or_are_over_are_touched(self, chen, be_absent):
        now = timezone.now()
        away = be_absent(chen, now - timedelta(hours=5), now + timedelta(hours=5))
        running, over = create_running_lesson(chen), create_finished_lesson(chen)
        assert set(touched_lessons(away)) == {running, over}
