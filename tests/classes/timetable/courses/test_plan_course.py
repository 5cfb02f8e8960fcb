"""A series in one act: its dates, its lessons, an operation for each, one line on the trail."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Role, StudentGroup
from accounts.people.services import register_person
from classes.models import Course, Holiday, Lesson, Member, Term
from classes.timetable.courses.changes import change_course
from classes.timetable.courses.planning import plan_course, preview_course
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.models import Operation
from tests.support.cast import create_person
from tests.support.iclass_service import effects_of

pytestmark = pytest.mark.django_db

FIRST = datetime(2027, 3, 2, 19)
RULE = "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270318"


def course(teacher, by, **fields):
    plan = {"title": "Croquet", "starts_local": FIRST, "duration_minutes": 90, "rrule": RULE}
    return plan_course(teacher=teacher, by=by, **{**plan, **fields})


def days(course):
    return [one.occurrence.isoformat() for one in course.lessons.order_by("starts_at")]


def test_each_date_is_a_lesson_with_its_own_operation_and_state(alice, bob):
    made = course(bob, alice)
    assert days(made) == [f"2027-03-{day:02}" for day in (2, 4, 9, 11, 16, 18)]
    lessons = list(made.lessons.order_by("starts_at"))
    assert {one.sync_state for one in lessons} == {"sending"}
    operations = Operation.objects.filter(kind="class.create")
    assert sorted(operations.values_list("subject_id", flat=True)) == sorted(one.pk for one in lessons)
    assert len(set(operations.values_list("lane", flat=True))) == 6
    assert [one.ends_at - one.starts_at for one in lessons] == [timedelta(minutes=90)] * 6


def test_the_whole_series_is_one_line_on_the_trail(alice, bob):
    made = course(bob, alice)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.after["lessons"]) == ("course.add", str(made.pk), 6)


def test_the_last_day_is_included_and_the_clock_stays_through_daylight_saving(alice, bob, school):
    school.zone = "Europe/Berlin"
    school.save(update_fields=["zone"])
    made = course(bob, alice, rrule="FREQ=WEEKLY;UNTIL=20270406")
    locals_ = [one.starts_at.astimezone(school.tz) for one in made.lessons.order_by("starts_at")]
    assert [one.date().isoformat() for one in locals_][-1] == "2027-04-06"
    assert {one.hour for one in locals_} == {19}
    assert {one.utcoffset() for one in locals_} == {timedelta(hours=1), timedelta(hours=2)}


def test_holidays_and_skipped_days_are_told_and_have_no_lesson(alice, bob, school, other_school):
    Holiday.objects.create(
        enterprise=school, name="Spring", starts_on=date(2027, 3, 8), ends_on=date(2027, 3, 9)
    )
    Holiday.objects.create(
        enterprise=other_school, name="Theirs", starts_on=date(2027, 3, 2), ends_on=date(2027, 3, 18)
    )
    plan = preview_course(
        title="Croquet",
        teacher=bob,
        starts_local=FIRST,
        duration_minutes=90,
        rrule=RULE,
        skip=[date(2027, 3, 16)],
    )
    assert [(one.day.day, one.left_out) for one in plan.dates] == [
        (2, ""),
        (4, ""),
        (9, "Spring"),
        (11, ""),
        (16, "skip"),
        (18, ""),
    ]
    made = course(bob, alice, skip=[date(2027, 3, 16)])
    assert days(made) == [f"2027-03-{day:02}" for day in (2, 4, 11, 18)]


def test_a_course_without_a_rule_is_one_lesson(alice, bob):
    assert days(course(bob, alice, rrule="")) == ["2027-03-02"]


def test_members_groups_and_helpers_are_expected_in_each_lesson(alice, bob, kids, school):
    late, ann = create_person(school, "late", Role.STUDENT), create_person(school, "ann", Role.ASSISTANT)
    sue = create_person(school, "sue", Role.SUPERVISOR)
    year7 = StudentGroup.objects.get()
    made = course(bob, alice, members=[late], groups=[year7], assistants=[ann, sue])
    for lesson in made.lessons.all():
        rows = lesson.members.values_list("user__user_id", "role", "via__name")
        assert sorted(rows) == [
            ("ann", "assistant", None),
            ("kid1", "student", "Year 7"),
            ("kid2", "student", "Year 7"),
            ("kid3", "student", "Year 7"),
            ("late", "student", None),
            ("sue", "supervisor", None),
        ]
        assert list(lesson.groups.all()) == [year7]
    assert list(made.members.all()) == [late]


def test_the_making_waits_for_the_registering_of_its_people(alice, bob, school):
    new = register_person(enterprise=school, by=alice, user_id="new", nickname="New", role=Role.STUDENT)
    registering = Operation.objects.get(kind="user.register", subject_id=new.pk)
    course(bob, alice, members=[new])
    for operation in Operation.objects.filter(kind="class.create"):
        assert list(operation.waits_for.all()) == [registering]


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"rrule": "FREQ=WEEKLY;BYDAY=TU"}, "rrule", "Enter an end for the course"),
        ({"rrule": "FREQ=WEEKLY;COUNT=3;UNTIL=20270318"}, "rrule", "Enter an end for the course"),
        ({"rrule": "FREQ=HOURLY;COUNT=3"}, "rrule", "is not valid"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=XX;COUNT=3"}, "rrule", "is not valid"),
        ({"rrule": "FREQ=DAILY;BYHOUR=9,10;COUNT=3"}, "rrule", "cannot contain BYHOUR"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20270231"}, "rrule", "is not valid"),
        ({"rrule": "FREQ=DAILY;COUNT=501"}, "rrule", "at most 500"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"}, "rrule", "No lessons are left"),
        ({"duration_minutes": 0}, "duration_minutes", ""),
        ({"duration_minutes": 1441}, "duration_minutes", "24 hours"),
        ({"title": ""}, "title", ""),
        ({"class_type": "2v2"}, "class_type", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field(alice, bob, wrong, field, sentence):
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        course(bob, alice, **wrong)
    with translation.override("en"):
        told = " ".join(refused.value.message_dict[field])
    assert sentence in told
    assert not Course.objects.exists()
    assert not Lesson.objects.exists()


def test_people_of_another_school_come_into_no_course(alice, bob, charlie, other_school):
    stranger = create_person(other_school, "stranger", Role.STUDENT)
    theirs = StudentGroup.objects.create(enterprise=other_school, name="Theirs")
    for wrong in ({"members": [stranger]}, {"assistants": [charlie]}, {"groups": [theirs]}):
        with pytest.raises(ValidationError):
            course(bob, alice, **wrong)
    assert not Course.objects.exists()


def test_the_queries_do_not_grow_with_the_lessons_or_the_people(alice, bob, kids, school):
    def queries(**fields):
        with CaptureQueriesContext(connection) as asked:
            course(bob, alice, **fields)
        return len(asked)

    few = queries(rrule="FREQ=DAILY;COUNT=2", groups=[])
    year7 = StudentGroup.objects.get()
    later = FIRST + timedelta(days=365)
    many = queries(rrule="FREQ=DAILY;COUNT=200", groups=[year7], starts_local=later)
    assert many <= few + 6
    assert Member.objects.count() == 600


@pytest.mark.django_db(transaction=True)
def test_a_series_reaches_the_service_class_by_class(connected, iclass, alice, bob):
    made = course(bob, alice, title="Croquet for the Queen", starts_local=datetime(2027, 3, 2, 19))
    relay.drain()
    assert set(made.lessons.values_list("sync_state", flat=True)) == {"in_sync"}
    assert len(effects_of(iclass, "class/create", topic="Croquet for the Queen")) in (0, 6)
    assert made.lessons.exclude(remote_id="").values("remote_id").distinct().count() == 6


def test_a_term_has_holidays_of_its_own_and_those_of_the_school_hold_in_every_term(alice, bob, school):
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 6, 30)}
    spring, evening = (
        Term.objects.create(enterprise=school, name=name, **days) for name in ("Spring", "Eve")
    )
    for day, term in ((4, None), (9, spring), (11, evening)):
        free = date(2027, 3, day)
        Holiday.objects.create(enterprise=school, name="Free", term=term, starts_on=free, ends_on=free)
    assert [day[-2:] for day in left(bob, spring)] == ["04", "09"]
    assert [day[-2:] for day in left(bob, evening)] == ["04", "11"]
    assert [day[-2:] for day in left(bob, None)] == ["04", "09", "11"]


def left(teacher, term):
    plan = preview_course(
        title="Croquet", teacher=teacher, starts_local=FIRST, duration_minutes=90, rrule=RULE, term=term
    )
    return [one.day.isoformat() for one in plan.dates if one.left_out]


def test_another_term_moves_the_lessons_of_a_series_off_its_holidays(alice, bob, school, other_school):
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 6, 30)}
    spring, evening = (
        Term.objects.create(enterprise=school, name=name, **days) for name in ("Spring", "Eve")
    )
    free = {"starts_on": date(2027, 3, 9), "ends_on": date(2027, 3, 9)}
    Holiday.objects.create(enterprise=school, name="Half-term", term=spring, **free)
    made = course(bob, alice, term=evening)
    assert "2027-03-09" in days_left(made)
    change_course(course=made, by=alice, term=spring)
    assert "2027-03-09" not in days_left(made)
    assert AuditEntry.objects.latest("pk").after["term"] == spring.pk
    with pytest.raises(ValidationError) as refused:
        course(bob, alice, term=Term.objects.create(enterprise=other_school, name="Theirs", **days))
    assert refused.value.error_dict.keys() == {"term"}


def days_left(course):
    return [one.occurrence.isoformat() for one in course.lessons.filter(cancelled_at=None)]


class TestMakingUpSkippedDates:
    """A number of lessons counts lessons, not dates, where skipped dates are made up."""

    FIVE = "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5"

    @pytest.fixture
    def spring(self, school):
        return Holiday.objects.create(
            enterprise=school, name="Spring", starts_on=date(2027, 3, 8), ends_on=date(2027, 3, 9)
        )

    def test_five_lessons_are_five_although_a_holiday_and_a_skipped_day_are_between(self, alice, bob, spring):
        made = course(bob, alice, rrule=self.FIVE, skip=[date(2027, 3, 11)], make_up_skipped=True)
        assert days(made) == [f"2027-03-{day:02}" for day in (2, 4, 16, 18, 23)]

    def test_skipped_dates_use_up_lessons_where_they_are_not_made_up(self, alice, bob, spring):
        assert days(course(bob, alice, rrule=self.FIVE)) == [f"2027-03-{day:02}" for day in (2, 4, 11, 16)]

    def test_a_last_day_stays_the_last_day(self, alice, bob, spring):
        assert days(course(bob, alice, make_up_skipped=True))[-1] == "2027-03-18"

    def test_a_holiday_without_end_is_refused(self, alice, bob, school):
        Holiday.objects.create(
            enterprise=school, name="For good", starts_on=date(2027, 3, 4), ends_on=date(2040, 1, 1)
        )
        with translation.override("en"), pytest.raises(ValidationError, match="Too many dates"):
            course(bob, alice, rrule=self.FIVE, make_up_skipped=True)

    def test_the_choice_can_be_changed_later(self, alice, bob, spring):
        made = course(bob, alice, rrule=self.FIVE)
        change_course(course=made, by=alice, make_up_skipped=True)
        assert days(made) == [f"2027-03-{day:02}" for day in (2, 4, 11, 16, 18)]
