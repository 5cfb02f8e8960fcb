"""Teachers whom their school lets schedule: their own lessons, with people with whom they already work."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Course, Lesson, Member
from tests.classes.factories import add_members, create_planned_lesson, create_running_lesson
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


def switch(school: Enterprise, **values: bool) -> None:
    Enterprise.objects.filter(pk=school.pk).update(**values)


@pytest.fixture
def schedules(school: Enterprise) -> None:
    switch(school, teachers_schedule=True)


@pytest.fixture
def people(school: Enterprise, bob: User, tom: User, ann: User) -> dict[str, User]:
    """A student for each way of working with Bob, and one with none of them."""
    names = ("charge", "course", "lesson", "assisted", "stranger")
    found = {name: create_person(school, name, Role.STUDENT) for name in names}
    hatters = StudentGroup.objects.create(enterprise=school, name="Hatters")
    put_in_charge(hatters, bob)
    hatters.students.add(found["charge"])
    StudentGroup.objects.create(enterprise=school, name="Strangers").students.add(found["stranger"])
    course = Course.objects.create(
        enterprise=school, title="Maths", teacher=bob, starts_local="2027-03-02 10:00", duration_minutes=45
    )
    course.members.add(found["course"])
    course.assistants.add(ann)
    add_members(create_planned_lesson(bob, timedelta(days=3)), found["lesson"])
    assisted = create_planned_lesson(tom, timedelta(days=4))
    add_members(assisted, found["assisted"])
    Member.objects.create(lesson=assisted, user=bob, role=Member.Role.ASSISTANT)
    return found


def typed(**more: Any) -> dict[str, Any]:
    tomorrow = timezone.localdate() + timedelta(days=1)
    times = {"day": tomorrow.isoformat(), "start": "19:00", "end": "19:45"}
    room = {"class_type": "1vN", "record_types": ["local"], "bitrate": "850", "confirmed": "on"}
    return {"topic": "Chess", "teacher": "bob", **times, **room, **more}


def planned(**more: Any) -> dict[str, Any]:
    start = timezone.now() + timedelta(days=1)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=45)).isoformat()}
    return {"topic": "Chess", "teacher": "bob", **times, **more}


def values_of(page: Any, name: str) -> set[str]:
    """The values that a field offers, of boxes or of a list."""
    text = page.content.decode()
    boxes = [one for one in re.findall(r"<input [^>]*>", text) if f'name="{name}"' in one]
    chosen = re.search(rf'<select name="{name}".*?</select>', text, re.S)
    options = re.findall(r"<option [^>]*>", chosen[0]) if chosen else []
    found = {re.search(r'value="([^"]*)"', one)[1] for one in (*boxes, *options)}  # type: ignore[index]
    return found - {""}


@pytest.mark.parametrize("path", ["/lessons/", "/timetable/", "/"])
def test_the_buttons_follow_the_switch_from_one_request_to_the_next(
    browse: Any, bob: User, school: Enterprise, path: str
) -> None:
    assert b"/lessons/new/" not in browse(bob, path).content
    switch(school, teachers_schedule=True)
    assert b"/lessons/new/" in browse(bob, path).content
    assert browse(bob, "/lessons/new/").status_code == 200
    switch(school, teachers_schedule=False)
    assert b"/lessons/new/" not in browse(bob, path).content
    assert browse(bob, "/lessons/new/").status_code == 403


@pytest.mark.usefixtures("schedules")
class TestForm:
    def test_it_offers_oneself_and_whom_one_works_with(
        self, browse: Any, bob: User, people: dict[str, User]
    ) -> None:
        page = browse(bob, "/lessons/new/")
        assert values_of(page, "teacher") == {"bob"}
        assert values_of(page, "students") == people.keys() - {"stranger"}
        assert values_of(page, "staff") == {"ann", "bob"}
        assert values_of(page, "groups") == {str(StudentGroup.objects.get(name="Hatters").pk)}

    def test_an_own_lesson_is_scheduled(self, browse: Any, bob: User, people: dict[str, User]) -> None:
        answer = browse(
            bob, "/lessons/new/", typed(students=["charge"], ids="lesson assisted", staff=["ann"])
        )
        lesson = Lesson.objects.get(topic="Chess")
        assert answer.url == f"/lessons/{lesson.pk}/"
        assert lesson.teacher == bob
        members = set(lesson.members.values_list("user__user_id", flat=True))
        assert members == {"charge", "lesson", "assisted", "ann"}

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"teacher": "tom"}, "teacher"),
            ({"students": ["stranger"]}, "students"),
            ({"ids": "charge stranger"}, "ids"),
            ({"staff": ["tom"]}, "staff"),
        ],
    )
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_whom_one_may_not_choose_is_said_at_the_field(
        self, browse: Any, bob: User, people: dict[str, User], more: Any, field: str, language: str
    ) -> None:
        page = browse(bob, "/lessons/new/", typed(**more), language=language)
        assert list(page.context["form"].errors) == [field]
        assert not Lesson.objects.filter(topic="Chess").exists()

    def test_a_group_of_others_cannot_be_chosen(
        self, browse: Any, bob: User, people: dict[str, User]
    ) -> None:
        foreign = StudentGroup.objects.get(name="Strangers")
        page = browse(bob, "/lessons/new/", typed(groups=[foreign.pk]))
        assert "groups" in page.context["form"].errors

    def test_a_prefilled_teacher_or_lesson_of_others_becomes_ones_own(
        self, browse: Any, bob: User, tom: User, people: dict[str, User]
    ) -> None:
        page = browse(bob, "/lessons/new/?teacher=tom")
        assert page.context["form"]["teacher"].value() == "bob"
        like = Lesson.objects.get(teacher=tom)
        page = browse(bob, f"/lessons/new/?like={like.pk}")
        assert page.context["form"]["teacher"].value() == "bob"

    def test_another_school_is_not_there(self, browse: Any, charlie: User, bob: User) -> None:
        create_person(charlie.enterprise, "carl", Role.STUDENT)
        page = browse(bob, "/lessons/new/", typed(ids="carl"))
        assert list(page.context["form"].errors) == ["ids"]


@pytest.mark.usefixtures("schedules")
class TestStoredLessons:
    @pytest.fixture
    def lesson(self, bob: User, people: dict[str, User]) -> Lesson:
        lesson = create_planned_lesson(bob, timedelta(days=2), topic="Chess")
        add_members(lesson, people["stranger"])
        return lesson

    def test_times_change_and_the_list_stays(self, browse: Any, bob: User, lesson: Lesson) -> None:
        page = browse(bob, f"/lessons/{lesson.pk}/edit/")
        assert "students" not in page.context["form"].fields
        assert browse(bob, f"/lessons/{lesson.pk}/edit/", typed(topic="Go")).status_code == 302
        lesson.refresh_from_db()
        assert (lesson.topic, lesson.members.count()) == ("Go", 1)

    def test_with_both_switches_the_list_changes_too(
        self, browse: Any, bob: User, lesson: Lesson, school: Enterprise
    ) -> None:
        switch(school, teachers_edit_rosters=True)
        page = browse(bob, f"/lessons/{lesson.pk}/edit/")
        assert "stranger" in values_of(page, "students"), "who is in the lesson may stay"
        browse(bob, f"/lessons/{lesson.pk}/edit/", typed(students=["stranger", "charge"]))
        assert set(lesson.members.values_list("user__user_id", flat=True)) == {"stranger", "charge"}

    def test_it_is_moved_and_cancelled(self, browse: Any, bob: User, lesson: Lesson) -> None:
        day = (timezone.localdate() + timedelta(days=5)).isoformat()
        browse(bob, f"/lessons/{lesson.pk}/move/", {"day": day, "start": "10:00"})
        lesson.refresh_from_db()
        assert timezone.localtime(lesson.starts_at).date().isoformat() == day
        browse(bob, f"/lessons/{lesson.pk}/cancel/", {"tell": "on"})
        lesson.refresh_from_db()
        assert lesson.cancelled_at

    @pytest.mark.parametrize("act", ["edit", "move", "cancel", "members"])
    def test_a_lesson_that_one_only_assists_in_is_not_ones_own(
        self, browse: Any, bob: User, tom: User, lesson: Lesson, school: Enterprise, act: str
    ) -> None:
        switch(school, teachers_edit_rosters=True)
        assisted = Lesson.objects.get(teacher=tom)
        assert browse(bob, f"/lessons/{assisted.pk}/{act}/").status_code == 403
        assert (
            f"/lessons/{assisted.pk}/{act}/" not in browse(bob, f"/lessons/{assisted.pk}/").content.decode()
        )
        assert browse(bob, f"/lessons/{lesson.pk}/{act}/").status_code == 200

    @pytest.mark.parametrize("path", ["/lessons/many/", "/timetable/conflicts/", "/timetable/change/"])
    def test_what_concerns_many_lessons_stays_with_administrators(
        self, browse: Any, bob: User, alice: User, path: str
    ) -> None:
        assert browse(bob, path).status_code == 403
        assert browse(alice, path).status_code in (200, 302)

    def test_only_own_lessons_can_be_dragged(self, browse: Any, bob: User, tom: User, lesson: Lesson) -> None:
        today = timezone.localdate()
        path = f"/timetable/lessons/?start={today}&end={today + timedelta(days=10)}"
        movable = {one["id"]: one["movable"] for one in browse(bob, path).json()["lessons"]}
        assert movable[lesson.pk] is True
        assert movable[Lesson.objects.get(teacher=tom).pk] is False

    def test_the_primary_action_is_a_page_that_one_may_open(
        self, browse: Any, bob: User, lesson: Lesson
    ) -> None:
        Lesson.objects.update(sync_state="needs_you")
        page = browse(bob, f"/lessons/{lesson.pk}/")
        assert page.context["primary"].name == "edit"


class TestRoster:
    @pytest.fixture
    def lesson(self, school: Enterprise, bob: User, people: dict[str, User]) -> Lesson:
        switch(school, teachers_edit_rosters=True)
        lesson = create_planned_lesson(bob, timedelta(days=2), topic="Chess")
        add_members(lesson, people["stranger"])
        return lesson

    def test_a_teacher_replaces_the_list_of_an_own_lesson(
        self, browse: Any, bob: User, lesson: Lesson
    ) -> None:
        address = f"/lessons/{lesson.pk}/members/"
        assert address in browse(bob, f"/lessons/{lesson.pk}/").content.decode()
        browse(bob, address, {"ids": "charge stranger", "sure": "1"})
        assert set(lesson.members.values_list("user__user_id", flat=True)) == {"charge", "stranger"}
        assert browse(bob, f"/lessons/{lesson.pk}/edit/").status_code == 403, (
            "the lesson itself is not theirs"
        )

    def test_a_stranger_is_refused_by_name(self, browse: Any, bob: User, lesson: Lesson) -> None:
        lesson.members.all().delete()
        page = browse(bob, f"/lessons/{lesson.pk}/members/", {"ids": "charge stranger", "sure": "1"})
        assert "Not among them: stranger." in page.context["form"].errors["ids"][0]

    def test_without_the_switch_there_is_no_list_to_change(
        self, browse: Any, bob: User, lesson: Lesson, school: Enterprise
    ) -> None:
        switch(school, teachers_edit_rosters=False)
        address = f"/lessons/{lesson.pk}/members/"
        assert address not in browse(bob, f"/lessons/{lesson.pk}/").content.decode()
        assert browse(bob, address).status_code == 403

    def test_a_running_lesson_keeps_its_list(self, browse: Any, bob: User, lesson: Lesson) -> None:
        running = create_running_lesson(bob)
        assert browse(bob, f"/lessons/{running.pk}/members/").status_code == 302


class TestRest:
    def test_it_follows_the_switch(self, bob: User, school: Enterprise, people: dict[str, User]) -> None:
        refused = rest_client(bob).post("/api/v1/lessons/", planned(), format="json")
        assert refused.status_code == 403
        switch(school, teachers_schedule=True)
        told = rest_client(bob).post("/api/v1/lessons/", planned(members=["charge"]), format="json")
        assert (told.status_code, told.json()["members"]) == (201, ["charge"])

    @pytest.mark.usefixtures("schedules")
    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"teacher": "tom"}, "teacher"),
            ({"members": ["stranger"]}, "members"),
            ({"assistants": ["tom"]}, "assistants"),
        ],
    )
    def test_it_refuses_others(self, bob: User, people: dict[str, User], more: Any, field: str) -> None:
        told = rest_client(bob).post("/api/v1/lessons/", planned(**more), format="json")
        assert (told.status_code, list(told.json()["errors"])) == (400, [field])

    @pytest.mark.usefixtures("schedules")
    def test_a_foreign_group_and_a_foreign_lesson_are_refused(
        self, bob: User, tom: User, people: dict[str, User]
    ) -> None:
        foreign = StudentGroup.objects.get(name="Strangers")
        told = rest_client(bob).post("/api/v1/lessons/", planned(groups=[foreign.pk]), format="json")
        assert (told.status_code, "groups" in told.json()) == (400, True)
        address = f"/api/v1/lessons/{Lesson.objects.get(teacher=tom).pk}/"
        assert rest_client(bob).patch(address, {"topic": "Go"}, format="json").status_code == 403

    @pytest.mark.usefixtures("schedules")
    def test_the_list_of_a_stored_lesson_needs_its_own_switch(
        self, bob: User, school: Enterprise, people: dict[str, User]
    ) -> None:
        address = f"/api/v1/lessons/{create_planned_lesson(bob).pk}/"
        assert rest_client(bob).patch(address, {"topic": "Go"}, format="json").status_code == 200
        assert rest_client(bob).patch(address, {"members": ["charge"]}, format="json").status_code == 403
        assert rest_client(bob).patch(address, {"teacher": "tom"}, format="json").status_code == 400
        switch(school, teachers_edit_rosters=True)
        told = rest_client(bob).patch(address, {"members": ["charge"]}, format="json")
        assert (told.status_code, told.json()["members"]) == (200, ["charge"])
        assert rest_client(bob).patch(address, {"members": ["stranger"]}, format="json").status_code == 400
