"""Two people at once at a series, a term, a holiday, an import or a feed: both hold, or one is told."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from classes.models import Course, Feed, Holiday, Lesson, Term
from classes.notifications.calendar_feeds.tokens import create_feed
from classes.timetable.courses.changes import change_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from classes.timetable.terms.holiday_lessons import lessons_in_holiday, resolve_holiday_lessons
from classes.timetable.terms.services import delete_days, save_days
from console.audit.models import AuditEntry
from console.concurrency import Conflict, EditConflict
from console.imports import services
from console.outbox.models import Operation
from tests.classes.api.test_courses import planned
from tests.classes.timetable.imports.timetable_files import next_monday, xlsx_file
from tests.faults.sizes import size
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits
from tests.support.page_client import page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db(transaction=True)

SPRING = {"name": "Spring", "starts_on": date(2027, 3, 1), "ends_on": date(2027, 6, 30)}


@pytest.fixture
def course(alice, bob):
    return planned(alice)


@pytest.fixture
def spring(school):
    return Term.objects.create(enterprise=school, **SPRING)


def patch(client, course, headers=None, **fields):
    path = f"/api/v1/courses/{course.pk}/"
    return lambda: client.patch(path, fields, format="json", headers=headers)


def topics(course):
    return set(course.lessons.filter(cancelled_at=None).values_list("topic", flat=True))


def test_changes_of_different_fields_both_hold(alice, course):
    first = patch(rest_client(alice), course, title="Tea")
    second = call_while_other_waits(first, patch(rest_client(alice), course, skip=["2027-03-04"]))
    assert second.value.status_code == 200, second.value.json()
    course.refresh_from_db()
    assert (course.title, course.skip) == ("Tea", [date(2027, 3, 4)])
    assert topics(course) == {"Tea"}


def test_of_two_changes_of_one_field_the_second_is_told(alice, course):
    second = call_while_other_waits(
        patch(rest_client(alice), course, title="Tea"), patch(rest_client(alice), course, title="Hats")
    )
    assert second.value.status_code == 409
    assert second.value.json()["code"] == "changed_meanwhile"
    assert list(second.value.json()["fields"]) == ["title"]
    course.refresh_from_db()
    assert course.title == "Tea"


def test_people_and_how_rooms_are_set_up_are_fields_like_others(alice, bob, course, kids):
    first = patch(rest_client(alice), course, members=["kid1"], capacity=5)
    second = call_while_other_waits(first, patch(rest_client(alice), course, members=["kid2"]))
    assert list(second.value.json()["fields"]) == ["members"]
    third = call_while_other_waits(
        patch(rest_client(alice), course, assistants=[]), patch(rest_client(alice), course, members=["kid2"])
    )
    assert third.value.status_code == 200
    assert set(course.members.values_list("user_id", flat=True)) == {"kid2"}
    assert set(course.lessons.values_list("capacity", flat=True)) == {5}


def test_an_entity_tag_guards_a_change(alice, course):
    web = rest_client(alice)
    path = f"/api/v1/courses/{course.pk}/"
    tag = web.get(path)["ETag"]
    changed = patch(web, course, {"if-match": tag}, title="Tea")()
    assert changed.status_code == 200
    assert changed["ETag"] == web.get(path)["ETag"] != tag
    assert patch(web, course, {"if-match": tag}, title="Hats")().status_code == 412
    course.refresh_from_db()
    assert course.title == "Tea"


@pytest.mark.faults
def test_changes_and_cancelling_at_once_end_without_an_error(alice, bob):
    web = [rest_client(alice) for _ in range(4)]
    for place in range(size(full=6, ci=1)):
        course = planned(alice, title=f"Croquet {place}", dtstart=f"2027-03-02T{8 + place:02}:00:00")
        late = course.lessons.order_by("-starts_at")[0]
        acts = [
            patch(web[0], course, rrule="FREQ=WEEKLY;BYDAY=TU,FR;COUNT=4"),
            patch(web[1], course, title="Tea"),
            lambda at=course: web[2].post(f"/api/v1/courses/{at.pk}/cancel/", {"reason": "Ill"}),
            lambda at=late: web[3].post(f"/api/v1/lessons/{at.pk}/cancel/", {"reason": "Ill"}),
        ]
        codes = [one.value.status_code for one in call_concurrently(*acts)]
        assert all(code < 500 for code in codes), codes
        standing = course.lessons.filter(cancelled_at=None)
        assert standing.count() == standing.values("occurrence").distinct().count()
        making = Operation.objects.filter(kind="class.create", subject_id__in=standing.values("pk"))
        assert making.count() == standing.count()


def test_the_page_keeps_what_was_typed_and_saving_again_overwrites(browse, alice, bob, course):
    path = f"/courses/{course.pk}/edit/"
    form = browse(alice, path).context["form"]
    assert form.seen_json in page_text(browse(alice, path))
    typed = {"topic": "Hats", "teacher": "bob", "day": "2027-03-02", "start": "19:00", "end": "19:45"}
    typed |= {"weekdays": ["TU", "TH"], "count": "4", "every": "1", "class_type": "1vN", "bitrate": "850"}
    typed |= {"record_types": ["local"], "seen": form.seen_json}
    change_course(course=course, by=alice, title="Tea", duration_minutes=60)
    told = browse(alice, path, typed)
    assert re.search("Someone changed this to “Tea” while you were editing", page_text(told))
    assert 'value="Hats"' in page_text(told)
    again = typed | {"seen": told.context["form"].seen_json}
    assert browse(alice, path, again).status_code == 302
    course.refresh_from_db()
    assert (course.title, course.duration_minutes) == ("Hats", 60)


def test_a_conflict_about_skipped_days_stands_at_their_field(browse, alice, bob, course):
    path = f"/courses/{course.pk}/edit/"
    seen = json.loads(browse(alice, path).context["form"].seen_json)
    typed = {"topic": "Tea", "teacher": "bob", "day": "2027-03-02", "start": "19:00", "end": "19:45"}
    typed |= {"weekdays": ["TU", "TH"], "count": "4", "every": "1", "class_type": "1vN", "bitrate": "850"}
    typed |= {"record_types": ["local"], "seen": json.dumps(seen | {"make_up_skipped": "another"})}
    chosen = "used_up" if course.make_up_skipped else "made_up"
    form = browse(alice, path, typed | {"skipped": chosen}).context["form"]
    assert "while you were editing" in form.errors["skipped"][0]
    assert not form.non_field_errors()


def test_two_changes_of_a_term_merge_or_one_is_told(alice, spring):
    first = Term.objects.get(pk=spring.pk)
    save_days(days=spring, by=alice, name="Summer")
    save_days(days=first, by=alice, ends_on=date(2027, 7, 1))
    spring.refresh_from_db()
    assert (spring.name, spring.ends_on) == ("Summer", date(2027, 7, 1))
    with pytest.raises(EditConflict):
        save_days(days=first, by=alice, name="Autumn")


def test_a_holiday_never_lies_outside_its_term(alice, school, spring):
    holiday = Holiday(enterprise=school, term=spring)
    late = {"name": "June", "starts_on": date(2027, 6, 10), "ends_on": date(2027, 6, 12)}
    second = call_while_other_waits(
        lambda: save_days(days=spring, by=alice, ends_on=date(2027, 5, 31)),
        lambda: save_days(days=holiday, by=alice, term=spring, **late),
    )
    assert isinstance(second.error, ValidationError)
    assert not Holiday.objects.exists()


@pytest.fixture
def fair(school, course):
    """A holiday on the first day of the course."""
    day = timezone.localtime(course.lessons.order_by("starts_at").first().starts_at).date()
    return Holiday.objects.create(enterprise=school, name="Fair", starts_on=day, ends_on=day)


def decide_while_other_waits(other, holiday, action, by):
    decided = {"holiday": holiday, "lessons": list(lessons_in_holiday(holiday)), "action": action}
    with translation.override("en"):
        return call_while_other_waits(other, lambda: resolve_holiday_lessons(**decided, by=by, reason="Fair"))


def test_lessons_of_a_holiday_stay_in_the_term_that_somebody_shortens(alice, course, fair, spring):
    course.term = spring
    course.save(update_fields=["term"])
    shorten = {"days": spring, "by": alice, "ends_on": fair.ends_on}
    second = decide_while_other_waits(lambda: save_days(**shorten), fair, "free_day", alice)
    assert "has no free day" in str(second.error)


def test_of_a_holiday_that_somebody_deletes_nothing_is_decided(alice, fair):
    holiday = Holiday.objects.get(pk=fair.pk)
    second = decide_while_other_waits(lambda: delete_days(days=holiday, by=alice), fair, "cancel", alice)
    assert "Someone deleted “Fair” in the meantime." in str(second.error)
    assert not Lesson.objects.exclude(cancelled_at=None).exists()


@pytest.mark.parametrize("action", ["cancel", "keep", "free_day"])
def test_a_lesson_that_a_moved_holiday_no_longer_covers_is_left_alone(alice, fair, action):
    holiday, day = Holiday.objects.get(pk=fair.pk), fair.starts_on + timedelta(days=60)
    before = list(Lesson.objects.order_by("pk").values("starts_at", "occurrence", "cancelled_at"))
    move = {"days": fair, "by": alice, "starts_on": day, "ends_on": day}
    second = decide_while_other_waits(lambda: save_days(**move), holiday, action, alice)
    assert "Someone else changed “Fair” in the meantime." in str(second.error)
    assert list(Lesson.objects.order_by("pk").values("starts_at", "occurrence", "cancelled_at")) == before


def test_a_course_that_somebody_puts_into_a_term_is_looked_at_again(alice, course, fair, spring):
    last = course.lessons.order_by("starts_at").last()
    put = {"course": course, "by": alice, "scope": "following", "lesson": last, "term": spring}
    second = decide_while_other_waits(lambda: change_course(**put), fair, "keep", alice)
    assert f"Someone else changed “{course.title}” in the meantime." in str(second.error)
    assert not Lesson.objects.filter(occurrence=None).exists()


def test_a_holiday_that_somebody_puts_into_a_term_is_looked_at_again(alice, fair, spring):
    holiday = Holiday.objects.get(pk=fair.pk)
    put = {"days": fair, "by": alice, "term": spring}
    second = decide_while_other_waits(lambda: save_days(**put), holiday, "cancel", alice)
    assert "Someone else changed “Fair” in the meantime." in str(second.error)
    assert not Lesson.objects.exclude(cancelled_at=None).exists()


def test_what_was_deleted_meanwhile_is_told(alice, bob, school, spring):
    acts = [lambda: delete_days(days=Term.objects.get(name="Spring"), by=alice)] * 2
    for one in call_concurrently(*acts):
        assert one.error is None or isinstance(one.error, ValidationError | Term.DoesNotExist)
    assert AuditEntry.objects.filter(action="term.delete").count() == 1
    again = Term.objects.create(enterprise=school, **SPRING)
    first = planned(alice).starts_local + timedelta(hours=2)
    plan = {"title": "Tea", "teacher": bob, "starts_local": first, "duration_minutes": 45}
    second = call_while_other_waits(
        lambda: delete_days(days=again, by=alice), lambda: plan_course(by=alice, term=again, **plan)
    )
    assert "term" in second.error.message_dict
    assert not Course.objects.filter(title="Tea").exists()


def rows():
    monday = next_monday().isoformat()
    return [("Croquet", "bob", "", monday, f"{hour}:00", 45, "", "") for hour in (10, 12)]


def test_the_same_import_applied_twice_at_once_is_applied_once(alice, bob):
    for _round in range(5):
        source = services.receive_file(
            TIMETABLE_IMPORT, file=xlsx_file(rows()), filename="term.xlsx", by=alice
        )
        told = call_concurrently(
            *[lambda at=source: services.start_apply(TIMETABLE_IMPORT, at, by=alice, reason="")] * 2
        )
        refused = [one.error for one in told if one.error is not None]
        assert [type(one) for one in refused] == [Conflict]
        assert Lesson.objects.count() == 2
        Operation.objects.all().delete()
        Lesson.objects.all().delete()


def test_an_import_is_not_compared_anew_once_it_is_applied(alice, bob):
    source = services.receive_file(TIMETABLE_IMPORT, file=xlsx_file(rows()), filename="term.xlsx", by=alice)
    second = call_while_other_waits(
        lambda: services.apply_import(TIMETABLE_IMPORT, source=source, by=alice),
        lambda: services.start_check(TIMETABLE_IMPORT, source, by=alice),
    )
    assert isinstance(second.error, Conflict)
    source.refresh_from_db()
    assert source.state == "applied"


def test_feeds_made_at_once_leave_one(alice):
    told = call_concurrently(*[lambda: create_feed(by=alice)] * 5)
    assert [one.error for one in told] == [None] * 5
    assert Feed.objects.count() == 1
