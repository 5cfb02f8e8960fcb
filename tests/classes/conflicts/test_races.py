"""Two bookings in the same moment: nobody is planned twice, whichever ways the two come by."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, StudentGroup
from accounts.people.group_change_conflicts import GroupChangeRefused
from accounts.people.group_services import save_group
from classes.conflicts import guard
from classes.conflicts.guard import BookingConflictError
from classes.conflicts.overlaps import find_overlaps
from classes.lessons.services import edit_lesson
from classes.models import Course, Lesson, Member
from classes.timetable.bulk.services import BulkEdit, edit_lessons
from classes.timetable.courses.changes import change_course
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from console.concurrency import conflict_sqlstate
from console.imports import services
from console.imports.import_type import ImportOutdated
from tests.classes.factories import add_members, create_planned_lesson, create_students
from tests.classes.timetable.imports.timetable_files import xlsx_file
from tests.faults.sizes import size
from tests.support.cast import create_person
from tests.support.concurrent_calls import CallOutcome, call_concurrently, call_while_other_waits
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = size(full=15, ci=5)
DAY = timedelta(days=1)


@pytest.fixture
def kid(school):
    return create_students(school, 1)[0]


@pytest.fixture
def tom(school):
    return create_person(school, "tom", Role.TEACHER)


@pytest.fixture
def chess(school, kid):
    """A group of which the kid is not yet."""
    return StudentGroup.objects.create(enterprise=school, name="Chess")


def noon(days):
    day = timezone.localtime() + days * DAY
    return day.replace(hour=12, minute=0, second=0, microsecond=0)


def quiet(teacher, days, **fields):
    """A lesson at noon in so many days, for whose people nobody allowed a conflict."""
    times = {"starts_at": noon(days), "ends_at": noon(days) + timedelta(minutes=45)}
    return create_planned_lesson(
        teacher, **{**times, "conflict_allowed": False, "conflict_reason": "", **fields}
    )


def body(teacher, kid, days):
    times = {"starts_at": noon(days).isoformat(), "ends_at": (noon(days) + timedelta(minutes=45)).isoformat()}
    return {"topic": f"By {teacher.user_id}", "teacher": teacher.user_id, "members": [kid.user_id], **times}


def series(teacher, kid, days, **more):
    first = noon(days).replace(tzinfo=None).isoformat()
    fields = {"dtstart": first, "rrule": "FREQ=DAILY;COUNT=2", "duration_minutes": 45}
    people = {"teacher": teacher.user_id, "members": [kid.user_id]}
    return {"title": f"Of {teacher.user_id}", **people, **fields, **more}


def post(client, path, fields):
    return lambda: client.post(f"/api/v1/{path}/", fields, format="json")


def patch(client, lesson, fields):
    return lambda: client.patch(f"/api/v1/lessons/{lesson.pk}/", fields, format="json")


def added(alice, lesson, student):
    told = {"school": alice.enterprise, "lessons": [lesson], "edit": BulkEdit(add=[student]), "by": alice}
    return lambda: edit_lessons(**told)


def bookings(person_, days):
    """How many lessons of a day expect somebody, and what these lessons overlap."""
    theirs = Lesson.objects.filter(
        members__user=person_, starts_at__date=noon(days).date(), cancelled_at=None
    )
    return theirs.count(), find_overlaps([one.pk for one in theirs])


def one_wins(outcomes):
    """One was done and the other was told of the conflict: as REST has it (409), or as a service."""
    refused = [
        one
        for one in outcomes
        if isinstance(one.error, BookingConflictError | GroupChangeRefused | ImportOutdated)
    ]
    for one in outcomes:
        if one in refused:
            continue
        assert one.error is None, one.error
        code = getattr(one.value, "status_code", 201)
        if code == 409:
            assert one.value.json()["conflicts"][0]["kind"] in ("student", "capacity")
            refused.append(one)
        else:
            assert code in (200, 201), one.value.content
    assert len(refused) == 1


@pytest.mark.faults
def test_of_two_lessons_for_one_student_posted_at_once_one_is_made(alice, bob, tom, kid):
    clients = [rest_client(alice), rest_client(alice)]
    for days in range(2, 2 + ROUNDS):
        first, second = (
            post(client, "lessons", body(teacher, kid, days))
            for client, teacher in zip(clients, (bob, tom), strict=True)
        )
        one_wins(call_concurrently(first, second))
        assert bookings(kid, days) == (1, {})


def test_of_two_series_for_one_student_one_is_planned(alice, bob, tom, kid):
    clients = [rest_client(alice), rest_client(alice)]
    for days in range(2, 20, 3):
        acts = (
            post(client, "courses", series(teacher, kid, days))
            for client, teacher in zip(clients, (bob, tom), strict=True)
        )
        one_wins(call_concurrently(*acts))
        assert bookings(kid, days) == (1, {})


def test_a_series_that_gets_more_days_and_a_lesson_on_such_a_day(alice, bob, tom, kid):
    web = rest_client(alice)
    for days in range(2, 30, 6):
        web.post("/api/v1/courses/", series(bob, kid, days), format="json")
        course = Course.objects.latest("id")
        longer = {"course": course, "by": alice, "rrule": "FREQ=DAILY;COUNT=3"}
        lesson = post(web, "lessons", body(tom, kid, days + 2))
        one_wins(call_concurrently(lambda told=longer: change_course(**told), lesson))
        assert bookings(kid, days + 2) == (1, {})


def test_an_import_and_a_lesson_of_one_of_its_students(alice, bob, tom, kid):
    web = rest_client(alice)
    names = ("topic", "teacher", "students", "date", "start", "minutes")
    for days in range(2, 7):
        row = ("Croquet", "tom", "kid1", noon(days).date().isoformat(), "12:00", 45)
        source = services.receive_file(
            TIMETABLE_IMPORT, file=xlsx_file([row], headings=names), filename="term.xlsx", by=alice
        )
        lesson = post(web, "lessons", body(bob, kid, days))
        one_wins(
            call_concurrently(
                lambda told=source: services.apply_import(TIMETABLE_IMPORT, source=told, by=alice), lesson
            )
        )
        assert bookings(kid, days) == (1, {})


def test_a_student_added_to_many_lessons_and_a_lesson_for_them(alice, bob, tom, kid):
    web = rest_client(alice)
    for days in range(2, 7):
        lesson = quiet(bob, days)
        one_wins(call_concurrently(added(alice, lesson, kid), post(web, "lessons", body(tom, kid, days))))
        assert bookings(kid, days) == (1, {})


def test_two_lessons_of_one_student_moved_to_the_same_time(alice, bob, tom, kid):
    clients = [rest_client(alice), rest_client(alice)]
    for days in range(2, 12, 2):
        lessons = [quiet(bob, days), quiet(tom, days + 1)]
        for lesson in lessons:
            add_members(lesson, kid)
        goal = noon(days).replace(hour=16)
        told = {"starts_at": goal.isoformat(), "ends_at": (goal + timedelta(minutes=45)).isoformat()}
        one_wins(call_concurrently(*(patch(*both, told) for both in zip(clients, lessons, strict=True))))
        assert Lesson.objects.filter(starts_at=goal).count() == 1


def test_a_student_who_comes_into_a_group_and_a_lesson_for_them(alice, bob, tom, kid, chess):
    web = rest_client(alice)
    for days in range(2, 7):
        lesson = quiet(bob, days)
        lesson.groups.add(chess)
        save_group(group=chess, students=[], by=alice, excluded_lessons=set())
        change = {"group": chess, "students": [kid], "by": alice}
        one_wins(
            call_concurrently(
                lambda told=change: save_group(**told), post(web, "lessons", body(tom, kid, days))
            )
        )
        assert bookings(kid, days) == (1, {})


def test_a_series_of_a_group_has_whoever_comes_into_it_meanwhile(alice, bob, chess, kid):
    web = rest_client(alice)
    plan = series(bob, kid, 3, members=[], groups=[chess.pk])
    told = call_while_other_waits(
        lambda: save_group(group=chess, students=[kid], by=alice), post(web, "courses", plan)
    )
    assert told.value.status_code == 201
    assert Member.objects.filter(user=kid).count() == 2


def test_two_groups_that_each_fit_into_a_lesson_do_not_both(alice, bob, school):
    kids = create_students(school, 2)
    groups = [StudentGroup.objects.create(enterprise=school, name=name) for name in ("Chess", "Tea")]
    for days in range(2, 7):
        lesson = quiet(bob, days, capacity=1)
        lesson.groups.set(groups)
        acts = [
            lambda group=group, one=one: save_group(group=group, students=[one], by=alice)
            for group, one in zip(groups, kids, strict=True)
        ]
        one_wins(call_concurrently(*acts))
        assert lesson.members.count() == 1
        lesson.delete()
        for group in groups:
            group.students.clear()


def test_of_two_students_for_a_one_to_one_lesson_one_comes(alice, bob, school):
    kids = create_students(school, 2)
    for days in range(2, 7):
        lesson = quiet(bob, days, class_type="1v1")
        acts = [added(alice, lesson, one) for one in kids]
        one_wins(call_concurrently(*acts))
        assert lesson.members.count() == 1


def test_a_booking_of_many_people_and_one_of_few_know_of_each_other(alice, bob, tom, school):
    kids = create_students(school, guard.MAX_PERSON_LOCKS + 5)
    clients = [rest_client(alice), rest_client(alice)]
    for days in range(2, 6):
        crowd = body(bob, kids[0], days) | {"members": [one.user_id for one in kids]}
        acts = [post(clients[0], "lessons", crowd), post(clients[1], "lessons", body(tom, kids[7], days))]
        one_wins(call_concurrently(*acts))
        assert bookings(kids[7], days) == (1, {})


def test_bookings_of_other_people_do_not_wait_for_each_other(alice, bob, tom, school):
    kids = create_students(school, 2)
    first = post(rest_client(alice), "lessons", body(bob, kids[0], 2))
    post(rest_client(alice), "lessons", body(bob, kids[0], 3))()  # the first of a school makes its gate, too
    second = post(rest_client(alice), "lessons", body(tom, kids[1], 2))
    with transaction.atomic():
        assert first().status_code == 201
        other = CallOutcome(second)
        other.thread.join(timeout=120)
        assert not other.thread.is_alive(), "it waits for a booking of other people"
    assert other.value.status_code == 201


def test_nobody_waits_for_another_booking_without_an_end(kid, monkeypatch):
    """After this time a service tries again; at last it says that another was in the way (409)."""
    monkeypatch.setattr(guard, "LOCK_TIMEOUT", "200ms")

    def second():
        with transaction.atomic():
            guard.lock_people([kid.pk])

    with transaction.atomic():
        guard.lock_people([kid.pk])
        other = CallOutcome(second)
        other.thread.join(timeout=120)
    assert conflict_sqlstate(other.error) == "55P03"


def test_a_lesson_over_which_another_was_booked_can_be_edited(alice, bob, kid, school):
    mine = quiet(bob, 2, remote_id="", sync_state="local")
    add_members(mine, kid)
    over = create_planned_lesson(
        bob, starts_at=mine.starts_at, ends_at=mine.ends_at, conflict_reason="Both rooms."
    )
    add_members(over, kid)
    later = mine.ends_at + timedelta(minutes=5)
    answer = rest_client(alice).patch(
        f"/api/v1/lessons/{mine.pk}/", {"ends_at": later.isoformat()}, format="json"
    )
    assert answer.status_code == 200, answer.json()
    mine.refresh_from_db()
    edit_lessons(school=school, lessons=[mine], edit=BulkEdit(minutes=5), by=alice)
    edit_lesson(lesson=over, by=alice, ends_at=later)
    mine.refresh_from_db()
    over.refresh_from_db()
    assert (mine.conflict_allowed, over.conflict_reason) == (False, "Both rooms.")
    assert set(find_overlaps([mine.pk, over.pk])) == {mine.pk, over.pk}


def test_a_lesson_that_ended_early_frees_its_teacher_and_its_students(alice, bob, tom, kid):
    began = timezone.now().replace(microsecond=0) - timedelta(minutes=30)
    early = create_planned_lesson(
        bob,
        starts_at=began,
        ends_at=began + timedelta(hours=2),
        status="end",
        real_started_at=began,
        real_ended_at=began + timedelta(minutes=20),
        conflict_allowed=False,
        conflict_reason="",
    )
    add_members(early, kid)
    times = {"starts_at": timezone.now().isoformat(), "ends_at": early.ends_at.isoformat()}
    web = rest_client(alice)
    mine = {"topic": "Tea", "teacher": "bob", "members": ["kid1"], **times}
    answer = web.post("/api/v1/lessons/", mine, format="json")
    assert answer.status_code == 201, answer.json()
    assert find_overlaps([early.pk, answer.json()["id"]]) == {}
    again = web.post("/api/v1/lessons/", mine | {"teacher": "tom"}, format="json")
    assert [one["kind"] for one in again.json()["conflicts"]] == ["student"]
    past = {**mine, "teacher": "tom", "starts_at": (began + timedelta(minutes=10)).isoformat()}
    kinds = {one["lesson"] for one in web.post("/api/v1/lessons/", past, format="json").json()["conflicts"]}
    assert early.pk in kinds


def test_after_a_block_that_checks_the_teacher_two_lessons_can_swap_their_times(bob):
    """Both are booked at one time for a moment, which counts at the end of the transaction alone."""
    lessons = [quiet(bob, 2), quiet(bob, 3)]
    with transaction.atomic():
        with guard.enforce_teacher_constraint():
            pass
        for lesson, days in zip(lessons, (3, 2), strict=True):
            times = {"starts_at": noon(days), "ends_at": noon(days) + timedelta(minutes=45)}
            Lesson.objects.filter(pk=lesson.pk).update(**times)
    assert list(Lesson.objects.order_by("starts_at")) == lessons[::-1]
