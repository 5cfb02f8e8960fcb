"""Conflicts that were allowed: the sign in the timetable, the list, and the field of the Django admin."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from classes.lessons.services import cancel_lesson, edit_lesson, schedule_lesson
from classes.models import Lesson
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.admin_forms import admin_url, form_errors, signed_in_client, submit_admin_form
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def signs(browse, reader):
    today = timezone.localdate()
    path = f"/timetable/lessons/?start={today}&end={today + timedelta(days=7)}"
    return {one["title"] for one in browse(reader, path).json()["lessons"] if "conflict" in one["signs"]}


def listed(browse, reader, query=""):
    return browse(reader, f"/timetable/conflicts/{query}").content.decode()


def outside(teacher, begins, topic, **more):
    reason = {
        "conflict_reason": "created outside the console",
        "made_outside": True,
        "conflict_at": timezone.now(),
    }
    return create_planned_lesson(teacher, begins, topic=topic, **reason, **more)


@pytest.fixture
def dora(school):
    return create_person(school, "dora", Role.TEACHER)


class TestSign:
    def test_lessons_made_outside_wear_it_only_where_somebody_is_planned_twice(
        self, browse, alice, bob, dora
    ):
        outside(bob, 24 * HOUR, "Alone")
        outside(bob, 30 * HOUR, "Twice")
        outside(bob, 30.5 * HOUR, "Twice as well")
        outside(dora, 30 * HOUR, "Beside them")
        outside(bob, 31.25 * HOUR, "Right after")
        assert signs(browse, alice) == {"Twice", "Twice as well"}

    def test_a_student_and_a_helper_count_and_a_supervisor_does_not(
        self, browse, alice, bob, dora, ann, kids, sue
    ):
        for topic, begins, who in (("Pupil", 24, kids[0]), ("Helper", 30, ann), ("Supervisor", 40, sue)):
            add_members(create_planned_lesson(bob, begins * HOUR, topic=topic), who)
            add_members(create_planned_lesson(dora, begins * HOUR, topic=f"{topic} too"), who)
        assert signs(browse, alice) == {"Pupil", "Pupil too", "Helper", "Helper too"}

    def test_the_other_lesson_wears_it_too_and_both_lose_it_when_one_is_cancelled(self, browse, alice, bob):
        first = create_planned_lesson(
            bob, 24 * HOUR, topic="First", conflict_allowed=False, conflict_reason=""
        )
        second = create_planned_lesson(bob, 24.25 * HOUR, topic="Second")
        assert signs(browse, alice) == {"First", "Second"}
        cancel_lesson(lesson=second, by=alice)
        assert first.pk
        assert signs(browse, alice) == set()

    def test_one_to_one_with_several_students_wears_it(self, browse, alice, bob, kids):
        add_members(create_planned_lesson(bob, 24 * HOUR, topic="Crowded", class_type="1v1"), *kids)
        add_members(create_planned_lesson(bob, 30 * HOUR, topic="Alone", class_type="1v1"), kids[0])
        add_members(create_planned_lesson(bob, 40 * HOUR, topic="Full", capacity=3), *kids)
        add_members(create_planned_lesson(bob, 50 * HOUR, topic="Too full", capacity=2), *kids)
        assert signs(browse, alice) == {"Crowded", "Too full"}
        assert listed(browse, alice).count("More students than the capacity allows.") == 2

    def test_a_long_lesson_meets_each_of_the_short_ones_in_it(self, browse, alice, bob):
        long = create_planned_lesson(bob, 24 * HOUR, topic="Long")
        Lesson.objects.filter(pk=long.pk).update(ends_at=long.starts_at + 6 * HOUR)
        create_planned_lesson(bob, 25 * HOUR, topic="a")
        create_planned_lesson(bob, 27 * HOUR, topic="b")
        assert signs(browse, alice) == {"Long", "a", "b"}


class TestList:
    def test_a_lesson_that_ended_before_its_planned_end_is_past(self, browse, alice, bob):
        early = create_planned_lesson(bob, -0.5 * HOUR, topic="Ended early", status="end")
        long = create_planned_lesson(bob, -2 * HOUR, topic="Runs long", status="ing")
        assert early.ends_at > timezone.now() > long.ends_at
        coming, past = listed(browse, alice), listed(browse, alice, "?time=past")
        assert ("Ended early" in coming, "Ended early" in past) == (False, True)
        assert ("Runs long" in coming, "Runs long" in past) == (True, False)

    def test_it_names_both_lessons_the_people_the_reason_who_and_when(self, browse, alice, bob, dora, kids):
        starts_at = timezone.now() + 24 * HOUR
        times = {"starts_at": starts_at, "ends_at": starts_at + HOUR}
        hats = schedule_lesson(teacher=bob, by=alice, topic="Hats", students=kids, **times)
        tea = schedule_lesson(
            teacher=dora, by=alice, topic="Tea", students=kids[:1], conflict_reason="Kid1 chooses", **times
        )
        assert (tea.conflict_by, tea.conflict_at is not None) == (alice, True)
        text = listed(browse, alice)
        for told in ("Tea", "Hats", "Kid1 chooses", alice.nickname, hats.get_absolute_url()):
            assert told in text
        assert tea.get_absolute_url() in text
        assert kids[1].nickname not in text

    def test_a_conflict_that_is_none_any_more_is_said_to_be_none(self, browse, alice, bob):
        create_planned_lesson(bob, 24 * HOUR, topic="Alone")
        assert "no conflict" in listed(browse, alice)

    def test_lessons_made_outside_are_listed_apart_in_the_language_of_the_reader(self, browse, alice, bob):
        outside(bob, 24 * HOUR, "From elsewhere")
        outside(bob, -24 * HOUR, "Long ago")
        create_planned_lesson(bob, 48 * HOUR, topic="Ours")
        assert "From elsewhere" not in listed(browse, alice)
        page_ = listed(browse, alice, "?show=outside")
        assert "From elsewhere" in page_
        assert "not confirmed" in page_
        assert "Ours" not in page_
        assert "Long ago" not in page_
        assert "Long ago" in listed(browse, alice, "?show=outside&time=past")
        told = browse(alice, "/timetable/conflicts/?show=outside", language="zh-hans").content.decode()
        assert "在控制台之外创建" in told
        assert "created outside the console" not in told

    def test_a_change_without_a_new_conflict_keeps_who_allowed_it(self, bob, alice, school):
        tom = create_person(school, "tom", Role.ADMIN)
        create_planned_lesson(bob, 24 * HOUR)
        twin = create_planned_lesson(bob, 24 * HOUR, conflict_by=tom)
        edit_lesson(lesson=twin, by=alice, topic="Other", ends_at=twin.ends_at + HOUR)
        assert Lesson.objects.get(pk=twin.pk).conflict_by == tom

    def test_those_who_plan_read_it_and_nobody_else(self, browse, bob, sue, kids, charlie):
        create_planned_lesson(bob, 24 * HOUR, topic="Secret hats")
        for reader in (bob, sue, kids[0]):
            assert browse(reader, "/timetable/conflicts/").status_code == 403
        assert "Secret hats" not in listed(browse, charlie)

    def test_its_queries_do_not_grow_with_the_lessons(self, queries, alice, bob):
        for _number in range(2):
            create_planned_lesson(bob, 24 * HOUR)
        few = queries(alice, "/timetable/conflicts/")
        for _number in range(5):
            create_planned_lesson(bob, 24 * HOUR)
        assert queries(alice, "/timetable/conflicts/") == few


@pytest.mark.django_db(transaction=True)
def test_the_django_admin_names_the_conflict_at_its_field_and_takes_the_reason(alice, bob):
    web = signed_in_client(alice)
    there = create_planned_lesson(bob, 24 * HOUR, topic="Hats")
    start, end = timezone.localtime(there.starts_at), timezone.localtime(there.ends_at)
    told = {"topic": "Tea", "teacher": bob.pk, "starts_at_0": start.date().isoformat()}
    told |= {"starts_at_1": start.time().isoformat(), "ends_at_0": end.date().isoformat()}
    told["ends_at_1"] = end.time().isoformat()
    answer = submit_admin_form(web, admin_url(Lesson, "add"), **told)
    assert "Bob 此时有“Hats”" in str(form_errors(answer)["reason"])
    answer = submit_admin_form(web, admin_url(Lesson, "add"), **told, reason="Two halls")
    assert answer.status_code == 302, form_errors(answer)
    tea = Lesson.objects.get(topic="Tea")
    assert (tea.conflict_allowed, tea.conflict_reason, tea.conflict_by) == (True, "Two halls", alice)
