"""What the switches of a school do to registers, appeals, recordings and phones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.attendance.notifications import notify_final_register
from classes.models import Attendance, Lesson, Recording
from console.audit.models import AuditEntry
from console.notifications.models import Notification
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    record_full_presence,
)
from tests.support.cast import create_person
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
CORRECTION = {"mark": "present", "reason": "No camera"}
#: 9:00 to 9:45 on Monday, 2 March 2026, in Shanghai; in New York it is still Sunday.
ENDS_AT = datetime(2026, 3, 2, 1, 45, tzinfo=UTC)


def switch(school: Enterprise, **values: Any) -> None:
    Enterprise.objects.filter(pk=school.pk).update(**values)


@pytest.fixture
def abe(school: Enterprise) -> User:
    return create_person(school, "abe", Role.ASSISTANT)


@pytest.fixture
def lesson(bob: User, kids: list[User], abe: User) -> Lesson:
    """Bob's, over; Abe assists. Kid1 and Kid2 were there all the time, Kid3 never came."""
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, *kids, abe)
    record_full_presence(lesson, [bob, *kids[:2]])
    return lesson


def row(lesson: Lesson) -> Attendance:
    return Attendance.objects.get(lesson=lesson, user_id="kid3")


class TestDays:
    @pytest.mark.parametrize(
        ("zone", "last"),
        [
            ("Asia/Shanghai", datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)),
            ("America/New_York", datetime(2026, 3, 4, 4, 59, 59, tzinfo=UTC)),
        ],
    )
    @pytest.mark.parametrize("who", ["bob", "abe"])
    def test_the_last_second_of_the_last_day_is_that_of_the_school(
        self, browse: Any, school: Enterprise, lesson: Lesson, zone: str, last: datetime, who: str
    ) -> None:
        switch(school, correct_within_days=2, zone=zone)
        Lesson.objects.update(starts_at=ENDS_AT - timedelta(minutes=45), ends_at=ENDS_AT)
        reader = User.objects.get(user_id=who)
        address = f"/attendance/{row(lesson).pk}/correct/"
        with time_machine.travel(last, tick=False):
            assert browse(reader, address).status_code == 200
        with time_machine.travel(last + timedelta(seconds=1), tick=False):
            refused = browse(reader, address)
            assert refused.status_code == 403
            text = refused.content.decode()
        assert f"You could do this until {last.astimezone(school_zone(zone)).date()}." in text
        assert "allowed for: superadmin, administrator." in text

    def test_zero_days_end_with_the_day_of_the_lesson(
        self, browse: Any, school: Enterprise, lesson: Lesson, bob: User
    ) -> None:
        switch(school, correct_within_days=0)
        Lesson.objects.update(starts_at=ENDS_AT - timedelta(minutes=45), ends_at=ENDS_AT)
        with time_machine.travel(datetime(2026, 3, 2, 15, 59, tzinfo=UTC), tick=False):
            assert browse(bob, f"/attendance/{row(lesson).pk}/correct/", CORRECTION).status_code == 302
        with time_machine.travel(datetime(2026, 3, 2, 16, 0, tzinfo=UTC), tick=False):
            assert browse(bob, f"/attendance/{row(lesson).pk}/correct/", CORRECTION).status_code == 403

    def test_afterwards_the_pages_say_so_and_administrators_go_on(
        self, browse: Any, school: Enterprise, lesson: Lesson, alice: User, bob: User
    ) -> None:
        switch(school, correct_within_days=1)
        Lesson.objects.update(starts_at=ENDS_AT - timedelta(minutes=45), ends_at=ENDS_AT)
        mark = row(lesson)
        for path in (f"/lessons/{lesson.pk}/attendance/", f"/attendance/{mark.pk}/"):
            text = browse(bob, path).content.decode()
            assert "You could do this until 2026-03-03." in text
            assert f"/attendance/{mark.pk}/correct/" not in text
            assert "You could do this" not in browse(alice, path).content.decode()
        assert browse(bob, f"/lessons/{lesson.pk}/attendance/close/").status_code == 200
        told = rest_client(bob).post(f"/api/v1/attendance/{mark.pk}/correct/", CORRECTION, format="json")
        assert (told.status_code, "2026-03-03" in told.json()["detail"]) == (403, True)
        assert browse(alice, f"/attendance/{mark.pk}/correct/", CORRECTION).status_code == 302

    def test_without_the_switch_teachers_and_assistants_correct_nothing(
        self, browse: Any, school: Enterprise, lesson: Lesson, alice: User, bob: User, abe: User
    ) -> None:
        switch(school, teachers_correct=False)
        for reader, status in ((bob, 403), (abe, 403), (alice, 200)):
            assert browse(reader, f"/attendance/{row(lesson).pk}/correct/").status_code == status
        assert "You could do this" not in browse(bob, f"/lessons/{lesson.pk}/attendance/").content.decode()


def school_zone(name: str) -> Any:
    return Enterprise(zone=name).tz


def test_assistants_close_registers_only_while_the_switch_is_on(
    browse: Any, school: Enterprise, lesson: Lesson, abe: User, bob: User
) -> None:
    address = f"/lessons/{lesson.pk}/attendance/close/"
    assert browse(abe, address).status_code == 200
    switch(school, assistants_close=False)
    assert browse(abe, address).status_code == 403
    assert address not in browse(abe, f"/lessons/{lesson.pk}/attendance/").content.decode()
    told = rest_client(abe).post(f"/api/v1/lessons/{lesson.pk}/attendance/close/", {}, format="json")
    assert told.status_code == 403
    assert browse(bob, address).status_code == 200


def test_students_appeal_only_while_the_switch_is_on(
    browse: Any, school: Enterprise, lesson: Lesson, kids: list[User]
) -> None:
    address = f"/attendance/{row(lesson).pk}/appeal/"
    assert address in browse(kids[2], f"/attendance/{row(lesson).pk}/").content.decode()
    switch(school, students_appeal=False)
    assert address not in browse(kids[2], f"/attendance/{row(lesson).pk}/").content.decode()
    assert browse(kids[2], address).status_code == 403
    told = rest_client(kids[2]).post(
        "/api/v1/appeals/", {"attendance": row(lesson).pk, "text": "I was there"}, format="json"
    )
    assert told.status_code == 403
    assert browse(kids[2], "/appeals/").status_code == 200, "what was filed is still shown"
    own = f'href="/people/{kids[2].pk}/attendance/"'
    for path in ("/appeals/", "/search/?q=My+attendance"):
        assert own in browse(kids[2], path).content.decode(), "the own marks stay within reach"
    found = browse(kids[2], "/search/?q=My+attendance", htmx=True).content.decode()
    assert own in found


@pytest.mark.parametrize(("on", "kind"), [(True, "attendance.absent"), (False, "attendance.absent_final")])
def test_the_absent_are_told_of_an_appeal_only_if_they_may(
    school: Enterprise, lesson: Lesson, on: bool, kind: str
) -> None:
    switch(school, students_appeal=on)
    notify_final_register(Lesson.objects.select_related("enterprise", "teacher").get(pk=lesson.pk))
    assert Notification.objects.filter(person__user_id="kid3").values_list("kind", flat=True).get() == kind


def test_students_see_recordings_only_while_the_switch_is_on(
    browse: Any, school: Enterprise, lesson: Lesson, kids: list[User], bob: User
) -> None:
    track = Recording.objects.create(
        enterprise=school,
        lesson=lesson,
        class_id="1",
        video_id="1",
        video_type=0,
        url="https://x.example/a.mp4",
    )
    pages = (f"/recordings/{lesson.pk}/", "/recordings/")
    assert [browse(kids[0], one).status_code for one in pages] == [200, 200]
    assert 'href="/recordings/' in browse(kids[0], f"/lessons/{lesson.pk}/").content.decode()
    switch(school, students_see_recordings=False)
    play = f"/recordings/tracks/{track.pk}/"
    for path in (*pages, play):
        assert browse(kids[0], path).status_code in (403, 404)
    for path in ("/", f"/lessons/{lesson.pk}/", f"/attendance/{row(lesson).pk}/"):
        assert "/recordings/" not in browse(kids[2], path).content.decode()
    assert rest_client(kids[0]).get("/api/v1/recordings/").status_code == 403
    assert browse(bob, pages[0]).status_code == 200


class TestPhones:
    @pytest.fixture
    def planned(self, bob: User, kids: list[User], abe: User) -> Lesson:
        User.objects.filter(user_id="kid1").update(phone_no="13800130001")
        lesson = create_planned_lesson(bob, topic="Chess")
        add_members(lesson, *kids, abe)
        return lesson

    def test_they_are_masked_in_the_list_and_each_view_is_recorded(
        self, browse: Any, school: Enterprise, planned: Lesson, bob: User, kids: list[User]
    ) -> None:
        page, address = (
            f"/lessons/{planned.pk}/",
            f"/lessons/members/{planned.members.get(user=kids[0]).pk}/phone/",
        )
        assert "138****" not in browse(bob, page).content.decode()
        assert browse(bob, address).status_code == 302
        switch(school, teachers_see_phones=True)
        text = browse(bob, page).content.decode()
        assert "138****0001" in text
        assert address in text
        assert "13800130001" not in text
        assert "13800130001" in browse(bob, address, {"reason": "Student of “Chess”"}).content.decode()
        entry = AuditEntry.objects.get(action="person.reveal")
        assert (entry.actor, entry.reason) == (bob, "Student of “Chess”")

    def test_others_see_none_of_them(
        self, browse: Any, school: Enterprise, planned: Lesson, abe: User, kids: list[User], alice: User
    ) -> None:
        switch(school, teachers_see_phones=True)
        address = f"/lessons/members/{planned.members.get(user=kids[0]).pk}/phone/"
        tom = create_person(school, "tom", Role.TEACHER)
        assert browse(tom, address).status_code == 403
        assert browse(abe, address).status_code == 302
        assert browse(kids[0], address).status_code == 403
        for reader in (abe, alice, kids[0]):
            assert "138****" not in browse(reader, f"/lessons/{planned.pk}/").content.decode()

    def test_the_list_needs_no_query_for_each_student(
        self, school: Enterprise, planned: Lesson, bob: User, queries: Any
    ) -> None:
        before = queries(bob, f"/lessons/{planned.pk}/")
        switch(school, teachers_see_phones=True)
        User.objects.filter(role=Role.STUDENT).update(phone_no="13800130001")
        assert queries(bob, f"/lessons/{planned.pk}/") == before


def test_the_corrections_of_two_schools_end_apart(
    browse: Any, school: Enterprise, other_school: Enterprise, lesson: Lesson, bob: User
) -> None:
    switch(other_school, teachers_correct=False)
    switch(school, correct_within_days=3)
    carla = create_person(other_school, "carla", Role.TEACHER)
    foreign = create_finished_lesson(carla)
    add_members(foreign, create_person(other_school, "kid3", Role.STUDENT))
    record_full_presence(foreign, [carla])
    assert timezone.now() < lesson.ends_at + timedelta(days=3)
    assert browse(bob, f"/attendance/{row(lesson).pk}/correct/").status_code == 200
    assert browse(carla, f"/attendance/{row(foreign).pk}/correct/").status_code == 403
