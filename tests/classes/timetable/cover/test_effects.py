"""What a cover brings about: at iclass, in notices and feeds, in reports and in the course."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Role, User
from accounts.people.erasure import erase_person
from classes.models import Course, Cover, Lesson, TeacherAbsence
from classes.notifications.calendar_feeds.tokens import create_feed
from classes.notifications.lessons import send_lesson_notifications
from classes.timetable.courses.changes import ChangeScope, change_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.cover.candidates import load_related
from classes.timetable.cover.queries import cover_period
from classes.timetable.cover.services import assign_covers, undo_cover, withdraw_absence
from console.audit.models import AuditEntry
from console.notifications.models import Notification
from console.outbox import relay
from console.outbox.models import Operation
from tests.classes.factories import add_members
from tests.classes.timetable.cover.conftest import lesson_at, on_the_day
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to
from tests.support.page_client import page_says, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def cover_lesson(absence, lesson, teacher, by):
    (cover,) = assign_covers(absence=absence, choices={lesson.pk: teacher}, by=by)
    return cover


class TestAtIclass:
    @pytest.fixture
    def teachers(self, connected, iclass_sandbox, school):
        """Two teachers whom the service knows."""
        found = [create_person(school, name, Role.TEACHER) for name in ("chen", "dora")]
        iclass_sandbox.call(
            "user/register", {"list": [{"user_id": one.user_id, "role": "teacher"} for one in found]}
        )
        return found

    def test_the_covering_teacher_is_sent_by_modify_and_the_first_again_by_undoing(
        self, teachers, iclass_sandbox, alice, be_absent
    ):
        chen, dora = teachers
        lesson = create_lesson(chen, alice, starts_at=on_the_day(10))
        relay.drain()
        cover = cover_lesson(be_absent(chen), lesson, dora, alice)
        relay.drain()
        lesson.refresh_from_db()
        told = [
            one for one in requests_to(iclass_sandbox, "class/modify") if one["class_id"] == lesson.class_id
        ]
        assert [one["teacher_id"] for one in told] == ["dora"]
        undo_cover(cover=cover, by=alice)
        relay.drain()
        told = [
            one for one in requests_to(iclass_sandbox, "class/modify") if one["class_id"] == lesson.class_id
        ]
        assert [one["teacher_id"] for one in told] == ["dora", "chen"]
        lesson.refresh_from_db()
        assert lesson.sync_state == "in_sync"

    def test_the_plan_shows_what_is_on_its_way_to_iclass_and_asks_until_it_is_there(
        self, teachers, iclass_sandbox, alice, be_absent, browse
    ):
        chen, dora = teachers
        lesson = create_lesson(chen, alice, starts_at=on_the_day(10))
        relay.drain()
        absence = be_absent(chen)
        cover_lesson(absence, lesson, dora, alice)
        page = page_text(browse(alice, f"/timetable/cover/{absence.pk}/"))
        assert 'id="cover-list" data-live="3"' in page
        assert "sending" in page
        relay.drain()
        page = page_text(browse(alice, f"/timetable/cover/{absence.pk}/"))
        assert "data-live" not in page
        assert "in sync" in page

    def test_a_lesson_that_began_there_unseen_is_refused_and_waits_for_a_person(
        self, teachers, iclass_sandbox, alice, be_absent
    ):
        chen, dora = teachers
        begins = (timezone.now() + timedelta(minutes=2)).replace(microsecond=0)
        lesson = create_lesson(chen, alice, starts_at=begins)
        relay.drain()
        lesson.refresh_from_db()
        iclass_sandbox.call("class/start", {"class_id": lesson.class_id})
        away = be_absent(chen, begins - timedelta(hours=1), begins + timedelta(hours=1))
        cover_lesson(away, lesson, dora, alice)
        relay.drain()
        operation = Operation.objects.get(subject_id=lesson.pk, kind="class.modify")
        assert (operation.state, operation.reason) == ("refused", "10223")


class TestNotices:
    def test_each_person_gets_one_notice_of_one_change(self, chen, bob, alice, kids, absence):
        for one in (chen, bob, kids[0]):
            one.set_password("queen-of-hearts")
            one.save(update_fields=["password"])
        lesson = lesson_at(chen, 10)
        add_members(lesson, kids[0])
        send_lesson_notifications()
        Notification.objects.all().delete()
        cover_lesson(absence, lesson, bob, alice)
        assert send_lesson_notifications() == 3
        assert send_lesson_notifications() == 0
        told = dict(Notification.objects.values_list("person__user_id", "kind"))
        assert told == {"bob": "lesson.invited", "chen": "lesson.taken_off", "kid1": "lesson.changed"}

    def test_the_calendar_of_the_covering_teacher_has_the_lesson(self, client, chen, bob, alice, absence):
        lesson = lesson_at(chen, 10)
        paths = {one: f"/calendar/{create_feed(by=one)[1]}.ics" for one in (chen, bob)}
        cover_lesson(absence, lesson, bob, alice)

        def events(reader):
            found = Calendar.from_ical(client.get(paths[reader]).content).walk("VEVENT")
            return [str(one["SUMMARY"]) for one in found if one.get("STATUS") != "CANCELLED"]

        assert (events(bob), events(chen)) == ([lesson.topic], [])


def test_minutes_and_punctuality_count_for_the_one_who_taught(browse, chen, bob, alice, be_absent):
    lesson = lesson_at(chen, 10)
    cover_lesson(be_absent(chen), lesson, bob, alice)
    began = (timezone.now() - timedelta(hours=2)).replace(microsecond=0)
    ended = began + timedelta(minutes=40)
    times = {"starts_at": began, "ends_at": ended, "real_started_at": began, "real_ended_at": ended}
    Lesson.objects.filter(pk=lesson.pk).update(status="end", final_at=timezone.now(), **times)
    ((_link, cells),) = browse(alice, "/reports/teachers/").context["lines"]
    row = {column.key: value for column, value in cells}
    assert (row["teacher__user_id"], row["held"], row["taught_time"]) == ("bob", "1", "40 min")
    assert row["covered"] == "1"


class TestCourse:
    @pytest.fixture
    def course(self, chen, alice):
        first = datetime.combine(on_the_day(0).date(), datetime.min.time()).replace(hour=10)
        return plan_course(
            title="Croquet", teacher=chen, by=alice, starts_local=first, duration_minutes=45,
            rrule="FREQ=DAILY;COUNT=4",
        )  # fmt: skip

    def teachers(self, course):
        return list(course.lessons.order_by("starts_at").values_list("teacher__user_id", flat=True))

    def test_editing_the_later_lessons_keeps_the_cover(self, course, bob, alice, absence):
        first, second = course.lessons.order_by("starts_at")[:2]
        cover_lesson(absence, first, bob, alice)
        for scope, lesson in ((ChangeScope.ALL, None), (ChangeScope.FOLLOWING, first)):
            change_course(course=course, by=alice, scope=scope, lesson=lesson, title=f"Tea {scope}")
            course.refresh_from_db()
        change_course(course=course, by=alice, rrule="FREQ=DAILY;COUNT=6")
        course.refresh_from_db()
        assert self.teachers(course) == ["bob", *["chen"] * 5]
        change_course(
            course=course, by=alice, scope=ChangeScope.FOLLOWING, lesson=second, duration_minutes=30
        )
        assert Cover.objects.get().undone_at is None
        first.refresh_from_db()
        assert (first.topic, first.teacher) == ("Tea following", bob)

    def test_a_new_teacher_of_the_course_leaves_the_covered_lesson_alone_and_has_it_afterwards(
        self, course, bob, dora, alice, absence
    ):
        cover_lesson(absence, course.lessons.order_by("starts_at")[0], bob, alice)
        change_course(course=course, by=alice, teacher=dora)
        assert self.teachers(course) == ["bob", "dora", "dora", "dora"]
        assert AuditEntry.objects.get(action="cover.hand_over").before["absent"] == "chen"
        assert withdraw_absence(absence=absence, by=alice).returned == 1
        assert self.teachers(course) == ["dora"] * 4
        assert Cover.objects.get().undone_at is not None

    def test_undoing_the_cover_gives_the_lesson_to_the_new_teacher(self, course, bob, dora, alice, absence):
        cover = cover_lesson(absence, course.lessons.order_by("starts_at")[0], bob, alice)
        change_course(course=course, by=alice, teacher=dora)
        undo_cover(cover=cover, by=alice)
        assert self.teachers(course) == ["dora"] * 4

    def test_who_covers_and_gets_the_course_does_not_cover_it_any_more(self, course, bob, alice, absence):
        cover_lesson(absence, course.lessons.order_by("starts_at")[0], bob, alice)
        change_course(course=course, by=alice, teacher=bob)
        assert Cover.objects.get().undone_by == alice
        assert withdraw_absence(absence=absence, by=alice) == (0, [])
        assert self.teachers(course) == ["bob"] * 4

    def test_the_new_teacher_who_is_absent_has_the_lesson_once_back(
        self, course, bob, dora, alice, absence, be_absent
    ):
        first = course.lessons.order_by("starts_at")[0]
        cover_lesson(absence, first, bob, alice)
        change_course(course=course, by=alice, teacher=dora)
        ill = be_absent(dora)
        told = withdraw_absence(absence=absence, by=alice)
        assert told == (0, ["“Croquet” stays with Bob: Dora is absent at that time."])
        assert self.teachers(course)[0] == "bob"
        assert withdraw_absence(absence=ill, by=alice).returned == 1
        assert self.teachers(course)[0] == "dora"

    def test_lessons_before_those_that_change_go_back_to_whom_they_had(
        self, course, bob, dora, alice, absence
    ):
        first, second = course.lessons.order_by("starts_at")[:2]
        cover_lesson(absence, first, bob, alice)
        change_course(course=course, by=alice, scope=ChangeScope.FOLLOWING, lesson=second, teacher=dora)
        withdraw_absence(absence=absence, by=alice)
        assert self.teachers(course) == ["chen", "dora", "dora", "dora"]

    def test_a_teacher_who_left_does_not_keep_the_absence_from_being_revoked(
        self, course, chen, bob, alice, absence, browse
    ):
        first = course.lessons.order_by("starts_at")[0]
        cover = cover_lesson(absence, first, bob, alice)
        User.objects.filter(pk=chen.pk).update(is_active=False)
        sentence = "“Croquet” stays with Bob: Chen no longer teaches at your school."
        with pytest.raises(ValidationError, match=sentence):
            undo_cover(cover=cover, by=alice)
        browse(alice, f"/timetable/cover/{absence.pk}/withdraw/", post={})
        assert page_says(browse(alice, "/timetable/cover/"), sentence)
        absence.refresh_from_db()
        assert absence.withdrawn_at is not None
        assert self.teachers(course)[0] == "bob"

    def test_the_lesson_of_a_teacher_who_left_goes_to_whom_the_course_has(
        self, course, chen, bob, dora, alice, absence
    ):
        cover_lesson(absence, course.lessons.order_by("starts_at")[0], bob, alice)
        Course.objects.filter(pk=course.pk).update(teacher=dora)
        User.objects.filter(pk=chen.pk).update(is_active=False)
        assert withdraw_absence(absence=absence, by=alice) == (1, [])
        assert self.teachers(course)[0] == "dora"

    def test_teachers_of_the_course_are_related_to_its_lessons(
        self, course, tom, bob, absence, browse, alice
    ):
        lesson_at(tom, 15, days=3, course=course)
        page = browse(alice, f"/timetable/cover/{absence.pk}/").context["plan"]
        assert (page[0].proposal, str(page[0].free[0].relation)) == ("tom", "same course")

    def test_who_only_covers_a_lesson_of_the_course_is_not_related_to_the_others(
        self, school, course, bob, absence, alice
    ):
        first, second = course.lessons.order_by("starts_at").prefetch_related("groups")[:2]
        cover_lesson(absence, first, bob, alice)
        period = cover_period(school, timezone.localdate())
        assert bob.pk not in load_related([second], period)[second.pk]


def test_erasing_a_person_erases_why_they_were_away(chen, alice, be_absent):
    be_absent(chen, note="Broken leg")
    erase_person(person=chen, by=alice, reason="asked")
    row = TeacherAbsence.objects.get()
    assert (row.kind, row.note) == ("other", "")
