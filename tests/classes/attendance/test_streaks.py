"""The rows of absences that are kept equal those of the marks, whoever wrote these and how."""

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Enterprise, Role, User
from classes.attendance.leave import grant_leave
from classes.attendance.reports.absences import all_absences
from classes.attendance.reports.forms import ReportForm
from classes.models import AbsenceStreak, Attendance, Lesson, Mark
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_students,
    record_full_presence,
)
from tests.faults.sizes import size
from tests.support.cast import TIC_KEY, create_person
from tests.support.concurrent_calls import CallOutcome
from tests.support.lock_waits import wait_until_blocked

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SILENT = ("", Mark.EXCUSED, Mark.UNKNOWN)
Kept = tuple[int, tuple[datetime, ...], datetime | None]


def in_order(row: Kept) -> Any:
    return row[0], row[1], row[2] or datetime.max.replace(tzinfo=UTC)


def kept() -> list[Kept]:
    """The rows as they stand: who, when, and until when."""
    rows = AbsenceStreak.objects.values_list("person", "times", "number", "began_at", "last_at", "ended_at")
    found: list[Kept] = []
    for who, times, number, began, last, ended in rows:
        assert (number, began, last) == (len(times), times[0], times[-1])
        found.append((who, tuple(times), ended))
    return sorted(found, key=in_order)


def told(people: Any = None) -> list[tuple[int, datetime, bool]]:
    """Of each mark that tells: who, when, and whether absent; in order."""
    marks = Attendance.objects.filter(
        expected=True, person__isnull=False, lesson__final_at__isnull=False, lesson__cancelled_at=None
    ).exclude(mark__in=SILENT)
    rows = marks.order_by("person", "lesson__starts_at", "lesson", "pk")
    return [
        (who, at, mark == "absent")
        for who, at, mark in rows.values_list("person", "lesson__starts_at", "mark")
    ]


def counted() -> list[Kept]:
    """The same from the marks, restated."""
    found: list[Kept] = []
    open_: dict[int, list[datetime]] = {}
    for who, at, absent in told():
        if absent:
            open_.setdefault(who, []).append(at)
        elif who in open_:
            found.append((who, tuple(open_.pop(who)), at))
    found += [(who, tuple(times), None) for who, times in open_.items()]
    return sorted(found, key=in_order)


def standing(since: datetime, until: datetime, least: int) -> dict[int, tuple[int, datetime]]:
    """Who is absent in a row at the end of some days, how often and since when; from the marks."""
    rows: dict[int, list[datetime]] = {}
    for who, at, absent in told():
        if since <= at < until:
            rows[who] = [*rows.get(who, []), at] if absent else []
    return {who: (len(times), times[0]) for who, times in rows.items() if len(times) >= least}


def mark(lesson: Lesson, who: User, value: str) -> None:
    Attendance.objects.update_or_create(
        lesson=lesson, user_id=who.user_id, defaults={"person": who, "role": "student", "mark": value}
    )


@pytest.fixture
def lessons(bob: User) -> list[Lesson]:
    """Five lessons that are over, on five days."""
    return [
        create_finished_lesson(bob, starts_at=MONDAY + n * DAY, ends_at=MONDAY + n * DAY + DAY / 24)
        for n in range(5)
    ]


@pytest.mark.django_db
def test_a_row_begins_with_an_absence_and_ends_where_one_comes_again(
    lessons: list[Lesson], kids: list[User]
) -> None:
    for lesson, value in zip(lessons, ("late", "absent", "excused", "absent", "present"), strict=True):
        mark(lesson, kids[0], value)
    (row,) = AbsenceStreak.objects.all()
    assert row.times == [lessons[1].starts_at, lessons[3].starts_at]
    assert row.ended_at == lessons[4].starts_at
    assert row.level == 1


@pytest.mark.django_db
def test_it_follows_the_reckoning_and_leave(alice: User, bob: User, kids: list[User]) -> None:
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, kids[0]])
    assert [who for who, _, _ in kept()] == sorted(kid.pk for kid in kids[1:])
    grant_leave(
        person=kids[1], begins_at=lesson.starts_at, ends_at=lesson.ends_at, reason="A tea party.", by=alice
    )
    assert [who for who, _, _ in kept()] == [kids[2].pk]


@pytest.mark.django_db
def test_a_lesson_counts_once_it_is_final_wherever_it_is_moved_and_until_it_goes(
    bob: User, lessons: list[Lesson], kids: list[User]
) -> None:
    running = create_planned_lesson(bob, status="ing")
    mark(running, kids[0], "absent")
    assert kept() == []
    Lesson.objects.filter(pk=running.pk).update(status="end")
    assert kept() == []
    Lesson.objects.filter(pk=running.pk).update(final_at=MONDAY)
    mark(lessons[0], kids[0], "absent")
    mark(lessons[2], kids[0], "present")
    assert [times for _, times, _ in kept()] == [(lessons[0].starts_at,), (running.starts_at,)]
    Lesson.objects.filter(pk=running.pk).update(starts_at=lessons[1].starts_at)
    assert [times for _, times, _ in kept()] == [(lessons[0].starts_at, lessons[1].starts_at)]
    Lesson.objects.filter(pk=lessons[2].pk).delete()
    assert [ended for _, _, ended in kept()] == [None]
    Lesson.objects.filter(pk=running.pk).update(cancelled_at=MONDAY)
    assert kept() == counted()
    assert [times for _, times, _ in kept()] == [(lessons[0].starts_at,)]


@pytest.mark.django_db
def test_a_school_that_is_deleted_takes_its_rows_along(
    school: Enterprise, lessons: list[Lesson], kids: list[User]
) -> None:
    for lesson in lessons:
        for kid in kids:
            mark(lesson, kid, "absent")
    Lesson.objects.all().delete()
    connection.check_constraints()
    assert not AbsenceStreak.objects.exists()


@pytest.mark.django_db
def test_they_are_made_anew_from_the_marks(lessons: list[Lesson], kids: list[User], capsys: Any) -> None:
    for lesson in lessons:
        mark(lesson, kids[0], "absent")
        mark(lesson, kids[1], "absent" if lesson == lessons[0] else "late")
    right = kept()
    AbsenceStreak.objects.filter(person=kids[0]).update(number=1, ended_at=MONDAY)
    AbsenceStreak.objects.filter(person=kids[1]).delete()
    call_command("recount")
    assert kept() == right == counted()
    assert ": 3 rows changed" in capsys.readouterr().out
    call_command("recount")
    assert capsys.readouterr().out.endswith(": 0 rows changed\n")


ACTS = ("mark", "many", "expect", "delete", "whose", "move", "settle", "cancel", "lose")


@pytest.mark.faults
class Anything(TestCase):
    """Any sequence of what may happen to marks and lessons ends in the rows that the marks tell of."""

    @settings(max_examples=size(full=300, ci=25))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from((*ACTS, "mark", "mark", "many")),
                st.integers(0, 5),
                st.integers(0, 1),
                st.sampled_from(("absent", "absent", "present", "late", "excused", "")),
            ),
            min_size=8,
            max_size=40,
        ),
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 3)),
    )
    def test_it_equals_the_marks(
        self, steps: list[tuple[str, int, int, str]], asked: tuple[int, int, int]
    ) -> None:
        school = Enterprise.objects.create(name="Wonderland", sdkappid=1, tic_key=TIC_KEY)
        alice, teacher = (
            create_person(school, "alice", Role.ADMIN),
            create_person(school, "bob", Role.TEACHER),
        )
        kids = create_students(school, 2)
        lessons = [
            create_planned_lesson(
                teacher,
                status="end",
                final_at=MONDAY,
                starts_at=MONDAY + n * DAY,
                ends_at=MONDAY + 60 * DAY,
            )
            for n in range(6)
        ]
        for act, place, who, value in steps:
            self._do(act, lessons[place], kids, who, value)
        assert kept() == counted()

        since, days, least = asked
        first = MONDAY + (since - 1) * DAY
        chosen = {"since": f"{first:%Y-%m-%d}", "until": f"{first + days * DAY:%Y-%m-%d}", "least": least}
        form = ReportForm(chosen, reader=alice, asks=("least",), weeks=8)
        assert form.is_valid(), form.errors
        keys = {kid.user_id: kid.pk for kid in kids}
        shown = {
            keys[row["user_id"]]: (row["number"], row["since"]) for row in all_absences(alice, form).rows
        }
        assert shown == standing(form.period.begins, form.period.ends, least)

    def _do(self, act: str, lesson: Lesson, kids: list[User], who: int, value: str) -> None:
        kid = kids[who]
        rows = Attendance.objects.filter(lesson=lesson, user_id=kid.user_id)
        lessons = Lesson.objects.filter(pk=lesson.pk)
        if act == "mark" and lessons.exists():
            mark(lesson, kid, value)
        elif act == "many":
            Attendance.objects.bulk_create(
                [
                    Attendance(lesson=one, person=kid, user_id=kid.user_id, role="student", mark=value)
                    for one in Lesson.objects.filter(pk__gte=lesson.pk)
                ],
                update_conflicts=True,
                unique_fields=["lesson", "user_id"],
                update_fields=["mark"],
            )
        elif act == "expect":
            rows.update(expected=value != "absent")
        elif act == "delete":
            rows.delete()
        elif act == "whose":
            rows.update(person={"absent": None, "late": kids[1 - who]}.get(value, kid))
        elif act == "move":
            lessons.update(starts_at=MONDAY + (len(value) - 3) * DAY)
        elif act == "settle":
            lessons.update(final_at=None if value == "absent" else MONDAY)
        elif act == "cancel":
            lessons.update(cancelled_at=MONDAY if value == "absent" else None)
        elif act == "lose" and value == "late":
            lessons.delete()


@pytest.mark.django_db(transaction=True)
def test_those_who_write_marks_of_two_lessons_at_once_lose_nothing(bob: User, school: Enterprise) -> None:
    kids = create_students(school, 6)
    lessons = [
        create_finished_lesson(bob, starts_at=MONDAY + n * DAY, ends_at=MONDAY + n * DAY + DAY / 24)
        for n in range(2)
    ]
    Attendance.objects.bulk_create(
        Attendance(lesson=lesson, person=kid, user_id=kid.user_id, role="student", mark="present")
        for kid in kids
        for lesson in lessons
    )
    failed: list[Exception] = []

    def change(lesson: Lesson) -> None:
        chance = random.Random(lesson.pk)
        try:
            for _ in range(15):
                with transaction.atomic():
                    Lesson.objects.select_for_update().get(pk=lesson.pk)
                    for kid in chance.sample(kids, 3):
                        value = chance.choice(("absent", "absent", "late"))
                        Attendance.objects.filter(lesson=lesson, person=kid).update(mark=value)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=change, args=(lesson,)) for lesson in lessons]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert failed == []
    assert kept() == counted()


@pytest.mark.django_db(transaction=True)
def test_leave_over_many_lessons_and_the_register_of_one_of_them_never_wait_for_each_other(
    alice: User, bob: User, school: Enterprise
) -> None:
    kid = create_students(school, 1)[0]
    lessons = []
    for begins in (MONDAY, MONDAY + DAY):
        ends = begins + DAY / 24
        lesson = create_finished_lesson(
            bob, starts_at=begins, ends_at=ends, real_started_at=begins, real_ended_at=ends
        )
        add_members(lesson, kid)
        record_full_presence(lesson, [bob])
        lessons.append(lesson)
    assert len(kept()) == 1
    end = lessons[1].ends_at
    with transaction.atomic():
        Lesson.objects.select_for_update().get(pk=lessons[1].pk)
        leave = CallOutcome(
            lambda: grant_leave(person=kid, begins_at=MONDAY, ends_at=end, reason="A tea party.", by=alice)
        )
        wait_until_blocked()
        Attendance.objects.filter(lesson=lessons[1]).update(mark="late")
    leave.thread.join()
    assert leave.error is None
    assert kept() == counted() == []
