"""A day of the timetable has a lane for each teacher or group that has a lesson."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, StudentGroup
from tests.classes.factories import add_members, create_planned_lesson
from tests.classes.timetable.calendar.test_views import fetch_timetable
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def day(school, bob):
    """Tomorrow: two lessons of Bob, one of them of two groups, and one of Dora without a group."""
    dora = create_person(school, "dora", Role.TEACHER)
    groups = [StudentGroup.objects.create(enterprise=school, name=name) for name in ("Class 2", "Class 1")]
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + DAY
    for teacher, topic, of in ((bob, "Hats", groups), (bob, "Cards", groups[:1]), (dora, "Tea", [])):
        lesson = create_planned_lesson(
            teacher, topic=topic, starts_at=noon, ends_at=noon + timedelta(minutes=45)
        )
        lesson.groups.set(of)
    return noon.date()


def lanes_of(browse, reader, day, query=""):
    """Return the titles of the lanes, and those of each lesson."""
    told = fetch_timetable(browse, reader, query, first=day, days=1)
    titles = {one["id"]: one["title"] for one in told["lanes"]}
    return list(titles.values()), {
        one["title"]: [titles[lane] for lane in one["lanes"]] for one in told["lessons"]
    }


def test_each_teacher_has_a_lane_of_their_lessons_by_name(browse, alice, day):
    lanes, lessons = lanes_of(browse, alice, day)
    assert lanes == ["Bob", "Dora"]
    assert lessons == {"Hats": ["Bob"], "Cards": ["Bob"], "Tea": ["Dora"]}


def test_a_lesson_of_two_groups_is_in_both_lanes_and_what_has_none_comes_last(browse, alice, day):
    lanes, lessons = lanes_of(browse, alice, day, "&lane=group")
    assert lanes == ["Class 1", "Class 2", "Without a group"]
    assert lessons == {"Hats": ["Class 1", "Class 2"], "Cards": ["Class 2"], "Tea": ["Without a group"]}


def test_filters_leave_the_lanes_of_their_lessons(browse, alice, day):
    assert lanes_of(browse, alice, day, "&teacher=dora") == (["Dora"], {"Tea": ["Dora"]})


def test_several_days_have_no_lanes(browse, alice, day):
    told = fetch_timetable(browse, alice, first=day)
    assert told["lanes"] == []
    assert "lanes" not in told["lessons"][0]


def test_the_choice_is_kept_and_is_that_of_one_person(browse, client, alice, sue, day):
    page = browse(alice, "/timetable/?view=day").content.decode()
    assert 'data-lane="teacher"' in page
    assert '<option value="teacher" selected>' in page
    client.get("/timetable/?view=day&lane=group")
    assert 'data-lane="group"' in client.get("/timetable/").content.decode()
    shown = client.get(f"/timetable/lessons/?start={day}&end={day + DAY}").json()["lanes"]
    assert [one["title"] for one in shown][:2] == ["Class 1", "Class 2"]
    client.logout()
    assert lanes_of(browse, sue, day)[0] == ["Bob", "Dora"]


@pytest.mark.parametrize("lane", ["", "layer", "<script>"])
def test_what_is_no_choice_is_ignored(browse, alice, day, lane):
    assert lanes_of(browse, alice, day, f"&lane={lane}")[0] == ["Bob", "Dora"]


def test_who_sees_only_lessons_of_their_own_has_no_lanes(browse, bob, kids, charlie, day):
    lesson = create_planned_lesson(bob, DAY, topic="Hers")
    add_members(lesson, kids[0])
    for reader in (bob, kids[0]):
        assert 'data-lane=""' in browse(reader, "/timetable/?view=day&lane=group").content.decode()
        assert fetch_timetable(browse, reader, "&lane=group", first=day, days=1)["lanes"] == []
    assert lanes_of(browse, charlie, day, "&lane=group") == ([], {})
