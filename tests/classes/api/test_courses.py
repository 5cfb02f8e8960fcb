"""REST of courses: planning, looking before, conflicts as 409, and changes by scope."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, StudentGroup
from classes.models import Course, Holiday, Lesson, LessonKey, Term
from classes.timetable.cover.services import enter_absence
from console.outbox.models import Operation
from tests.support.cast import create_person
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

COURSE = {
    "title": "Croquet",
    "teacher": "bob",
    "dtstart": "2027-03-02T19:00:00",
    "rrule": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4",
    "duration_minutes": 45,
}
DAYS = ["2027-03-02", "2027-03-04", "2027-03-09", "2027-03-11"]


def send(reader, method="post", path="courses/", **fields):
    return getattr(rest_client(reader), method)(f"/api/v1/{path}", fields, format="json")


def planned(alice, **fields):
    answer = send(alice, **{**COURSE, **fields})
    assert answer.status_code == 201, answer.json()
    return Course.objects.get(pk=answer.json()["id"])


def told(course):
    """Of each lesson that stands: its day, its clock and its topic."""
    rows = course.lessons.filter(cancelled_at=None).order_by("starts_at")
    return [(f"{timezone.localtime(one.starts_at):%m-%d %H:%M}", one.topic) for one in rows]


def test_a_course_has_the_pinned_fields(alice, bob, ann, kids):
    year7 = StudentGroup.objects.get()
    more = {"assistants": ["ann"], "members": ["kid1"], "groups": [year7.pk], "skip": ["2027-03-04"]}
    answer = send(alice, **COURSE, **more)
    assert answer.status_code == 201
    course = Course.objects.get()
    lessons = sorted(course.lessons.values_list("pk", flat=True))
    assert answer.json() | {"lessons": sorted(answer.json()["lessons"])} == {
        **{"id": course.pk, "class_type": "1vN", "lessons": lessons},
        **COURSE,
        **more,
    }
    assert len(lessons) == 3
    assert Operation.objects.filter(kind="class.create").count() == 3


def test_a_dry_run_tells_dates_and_conflicts_and_saves_nothing(alice, bob, school):
    Holiday.objects.create(
        enterprise=school, name="Spring", starts_on=date(2027, 3, 9), ends_on=date(2027, 3, 9)
    )
    planned(alice, title="Tea", rrule="", dtstart="2027-03-04T19:30:00")
    other = Lesson.objects.get()
    answer = send(alice, path="courses/?dry_run=1", **COURSE)
    assert answer.status_code == 200
    body = answer.json()
    assert body["dates"] == ["2027-03-02", "2027-03-04", "2027-03-11"]
    assert body["left_out"] == [{"date": "2027-03-09", "reason": "Spring"}]
    assert body["conflicts"] == [{"date": "2027-03-04", "kind": "teacher", "who": "bob", "lesson": other.pk}]
    assert Lesson.objects.count() == 1


def test_the_rooms_of_all_lessons_are_set_up_by_the_rules_of_the_page(alice, bob):
    room = {
        **{"record_types": ["remote", "local"], "auto_open_mic": True, "auto_open_camera": True},
        **{"bitrate": 1200, "max_on_mic": 4, "capacity": 30},
    }
    course = planned(alice, **room, password="off-with-their-heads")
    assert list(course.lessons.values_list(*room)) == [(["local", "remote"], True, True, 1200, 4, 30)] * 4
    assert LessonKey.objects.filter(lesson__course=course, password__isnull=False).count() == 4
    change = {"bitrate": 900, "password": "", "record_types": []}
    told = send(alice, "patch", f"courses/{course.pk}/", **change)
    assert told.status_code == 200
    assert not room.keys() & told.json().keys()
    assert set(course.lessons.values_list("bitrate", "max_on_mic")) == {(900, 4)}
    assert set(map(tuple, course.lessons.values_list("record_types", flat=True))) == {("local",)}
    assert not LessonKey.objects.filter(password__isnull=False).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"bitrate": 99},
        {"max_on_mic": 0},
        {"capacity": 0},
        {"record_types": ["tape"]},
        {"password": "abc"},
        {"password": "x" * 33},
    ],
)
def test_what_the_page_refuses_of_a_room_is_400_here_and_for_a_lesson(alice, bob, wrong):
    assert send(alice, **COURSE, **wrong).json()["errors"].keys() == wrong.keys()
    lesson = {"topic": "Tea", "teacher": "bob", "starts_at": "2027-03-02T19:00:00+08:00"}
    lesson["ends_at"] = "2027-03-02T20:00:00+08:00"
    assert send(alice, path="lessons/", **lesson, **wrong).json()["errors"].keys() == wrong.keys()


def test_the_holidays_of_a_term_named_are_left_out(alice, bob, charlie, school):
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 18)}
    term = Term.objects.create(enterprise=school, name="Spring", **days)
    free = {"starts_on": date(2027, 3, 9), "ends_on": date(2027, 3, 9)}
    Holiday.objects.create(enterprise=school, name="Half-term", term=term, **free)
    dry = send(alice, path="courses/?dry_run=1", **COURSE, term="Spring").json()
    assert dry["left_out"] == [{"date": "2027-03-09", "reason": "Half-term"}]
    assert planned(alice, term="Spring").term == term
    assert send(alice, **COURSE, term="Autumn").json()["errors"].keys() == {"term"}
    assert send(charlie, **{**COURSE, "teacher": "charlie"}, term="Spring").json()["errors"].keys() == {
        "term"
    }


def test_a_conflict_is_409_unless_there_is_a_reason(alice, bob):
    planned(alice)
    answer = send(alice, **COURSE)
    assert answer.status_code == 409
    assert [one["date"] for one in answer.json()["conflicts"]] == DAYS
    assert Course.objects.count() == 1
    assert send(alice, **COURSE, conflict_reason="Two rooms.").status_code == 201
    lesson = {"topic": "Tea", "teacher": "bob", "starts_at": "2027-03-02T19:00:00+08:00"}
    lesson["ends_at"] = "2027-03-02T20:00:00+08:00"
    assert send(alice, path="lessons/", **lesson).status_code == 409
    assert send(alice, path="lessons/", **lesson, conflict_reason="Three.").status_code == 201


def test_an_absence_and_a_holiday_are_conflicts(alice, bob, school):
    begins = datetime(2027, 3, 4, tzinfo=school.tz)
    enter_absence(teacher=bob, begins_at=begins, ends_at=begins + timedelta(days=1), kind="sick", by=alice)
    absence = {"date": "2027-03-04", "kind": "absence", "who": "bob", "lesson": None}
    answer = send(alice, **COURSE)
    assert (answer.status_code, answer.json()["conflicts"]) == (409, [absence])
    assert send(alice, path="courses/?dry_run=1", **COURSE).json()["conflicts"] == [absence]
    Holiday.objects.create(enterprise=school, name="Fair", starts_on=begins.date(), ends_on=begins.date())
    lesson = {"topic": "Tea", "teacher": "bob", "starts_at": "2027-03-04T19:00:00+08:00"}
    lesson["ends_at"] = "2027-03-04T20:00:00+08:00"
    answer = send(alice, path="lessons/", **lesson)
    holiday = {"date": "2027-03-04", "kind": "holiday", "who": "", "lesson": None}
    assert (answer.status_code, answer.json()["conflicts"]) == (409, [absence, holiday])
    assert send(alice, path="lessons/", **lesson, conflict_reason="A tournament.").status_code == 201


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rrule": "FREQ=WEEKLY"}, "rrule"),
        ({"teacher": "charlie"}, "teacher"),
        ({"members": ["bob"]}, "members"),
        ({"groups": [4711]}, "groups"),
        ({"dtstart": "soon"}, "dtstart"),
        ({"duration_minutes": 0}, "duration_minutes"),
    ],
)
def test_what_is_wrong_is_400_at_its_field(alice, bob, charlie, wrong, field):
    answer = send(alice, **{**COURSE, **wrong})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Course.objects.exists()


def test_teachers_plan_nothing_and_another_school_sees_nothing(alice, bob, charlie):
    course = planned(alice)
    assert send(bob, **COURSE).status_code == 403
    assert send(bob, "patch", f"courses/{course.pk}/", title="Mine").status_code == 403
    assert send(charlie, "patch", f"courses/{course.pk}/", title="Mine").status_code == 404


def test_all_lessons_follow_a_new_title_clock_and_teacher(alice, bob, school):
    create_person(school, "tom", Role.TEACHER)
    course = planned(alice)
    change = {"title": "Tea", "teacher": "tom", "dtstart": "2027-03-02T18:00:00"}
    assert send(alice, "patch", f"courses/{course.pk}/", **change).status_code == 200
    assert told(course) == [(f"{day[5:]} 18:00", "Tea") for day in DAYS]
    assert set(course.lessons.values_list("teacher__user_id", flat=True)) == {"tom"}
    assert Operation.objects.filter(state="ready").count() == 4


def test_this_and_the_following_leave_what_was_before(alice, bob):
    course = planned(alice)
    third = course.lessons.order_by("starts_at")[2]
    change = {"scope": "following", "lesson": third.pk, "title": "Tea", "duration_minutes": 60}
    assert send(alice, "patch", f"courses/{course.pk}/", **change).status_code == 200
    assert [topic for _day, topic in told(course)] == ["Croquet", "Croquet", "Tea", "Tea"]
    lengths = [one.ends_at - one.starts_at for one in course.lessons.order_by("starts_at")]
    assert lengths == [timedelta(minutes=45)] * 2 + [timedelta(minutes=60)] * 2


def test_this_lesson_alone_is_moved_and_keeps_its_day_in_the_series(alice, bob):
    course = planned(alice)
    second = course.lessons.order_by("starts_at")[1]
    change = {"scope": "this", "lesson": second.pk, "dtstart": "2027-03-05T20:00:00"}
    assert send(alice, "patch", f"courses/{course.pk}/", **change).status_code == 200
    assert [day for day, _topic in told(course)][1] == "03-05 20:00"
    second.refresh_from_db()
    assert second.occurrence == date(2027, 3, 4)
    assert Course.objects.get().starts_local.isoformat() == COURSE["dtstart"]
    assert send(alice, "patch", f"courses/{course.pk}/", scope="this", title="x").status_code == 400


def test_another_rule_cancels_days_and_makes_new_ones(alice, bob):
    course = planned(alice)
    kept = set(course.lessons.filter(occurrence__in=DAYS[::2]).values_list("pk", flat=True))
    change = {"rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=3"}
    dry = send(alice, "patch", f"courses/{course.pk}/?dry_run=1", **change).json()
    assert dry["dates"] == ["2027-03-02", "2027-03-09", "2027-03-16"]
    assert send(alice, "patch", f"courses/{course.pk}/", **change).status_code == 200
    assert [day for day, _topic in told(course)] == ["03-02 19:00", "03-09 19:00", "03-16 19:00"]
    assert kept < set(course.lessons.filter(cancelled_at=None).values_list("pk", flat=True))
    assert course.lessons.filter(cancel_reason="no longer in the course").count() == 2
    back = {"rrule": COURSE["rrule"]}
    assert send(alice, "patch", f"courses/{course.pk}/", **back).status_code == 200
    assert [day for day, _topic in told(course)] == [f"{day[5:]} 19:00" for day in DAYS]


def test_a_change_that_brings_a_conflict_is_409(alice, bob):
    course = planned(alice)
    planned(alice, title="Tea", rrule="", dtstart="2027-03-04T21:00:00")
    change = {"dtstart": "2027-03-02T21:00:00"}
    answer = send(alice, "patch", f"courses/{course.pk}/", **change)
    assert answer.status_code == 409
    assert [one["date"] for one in answer.json()["conflicts"]] == ["2027-03-04"]
    assert told(course)[0][0] == "03-02 19:00"
    path = f"courses/{course.pk}/"
    assert send(alice, "patch", path, **change, conflict_reason="Both.").status_code == 200
    assert course.lessons.filter(conflict_allowed=True).count() == 1


def test_new_members_come_into_all_lessons_to_come(alice, bob, kids):
    course = planned(alice, members=["kid1", "kid2"])
    answer = send(alice, "patch", f"courses/{course.pk}/", members=["kid2", "kid3"])
    assert answer.json()["members"] == ["kid2", "kid3"]
    for lesson in course.lessons.all():
        members = lesson.members.values_list("user__user_id", flat=True)
        assert sorted(members) == ["kid2", "kid3"]


def test_lessons_that_have_begun_stay_as_they_are(alice, bob):
    course = planned(alice)
    first = course.lessons.order_by("starts_at")[0]
    Lesson.objects.filter(pk=first.pk).update(status="ing")
    assert send(alice, "patch", f"courses/{course.pk}/", title="Tea").status_code == 200
    assert [topic for _day, topic in told(course)] == ["Croquet", "Tea", "Tea", "Tea"]
