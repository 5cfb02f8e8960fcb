"""Readiness: each point in its colour and words, the same few queries for many lessons, told once a stage."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.courseware.attachments import attach_document
from classes.models import Lesson
from classes.readiness.checks import compute_readiness
from classes.readiness.notifications import send_readiness_warnings
from classes.timetable.cover.services import enter_absence
from console.notifications.models import Notification
from console.notifications.types import notification_text
from console.outbox.models import Operation
from console.outbox.services import hold_school
from documents.models import Document
from tests.classes.factories import add_members, create_planned_lesson, create_running_lesson

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def forget(row):
    """The service has it no more."""
    with transaction.atomic():
        type(row).objects.get(pk=row.pk).forget_remote()


@pytest.fixture
def in_order(school, alice, bob, ann, kids):
    """The school has its keys, everybody is registered."""
    Enterprise.objects.filter(pk=school.pk).update(
        create_time=timezone.now() - timedelta(days=10), valid_seconds=365 * 86400
    )
    school.refresh_from_db()
    school.private_key = "a key"
    school.save_mirrored(["private_key"])
    for one in User.objects.filter(enterprise=school):
        User.objects.filter(pk=one.pk).update(remote_id=one.user_id, sync_state="in_sync")
    return school


def tones(school, lesson):
    lesson.refresh_from_db()
    found = compute_readiness(school, [lesson])[lesson.pk]
    return {point.name: point.tone for point in found.points if point.tone != "ok"}, found.tone


def test_a_lesson_that_lacks_nothing_is_green(in_order, bob, kids):
    lesson = create_planned_lesson(bob)
    add_members(lesson, *kids)
    assert tones(in_order, lesson) == ({}, "ok")


@pytest.mark.parametrize(
    "point", ["roster", "roster on its way", "people", "teacher", "absent", "key", "held", "sync"]
)
def test_each_point_says_what_is_missing(in_order, alice, bob, kids, point):
    lesson = create_planned_lesson(bob)
    add_members(lesson, *kids)
    wanted = {
        "roster": ({"roster": "bad", "sync": "bad"}, "bad"),
        "roster on its way": ({"roster": "warn"}, "warn"),
        "people": ({"people": "bad"}, "bad"),
        "teacher": ({"people": "bad"}, "bad"),
        "absent": ({"teacher": "bad"}, "bad"),
        "key": ({"key": "bad"}, "bad"),
        "held": ({"key": "bad"}, "bad"),
        "sync": ({"sync": "bad"}, "bad"),
    }[point]
    if point == "roster":
        forget(lesson)
    elif point == "roster on its way":
        Operation.objects.create(
            enterprise=in_order,
            kind="class.members",
            subject_type="classes.lesson",
            subject_id=lesson.pk,
            lane="x",
        )
    elif point in ("people", "teacher"):
        forget(kids[0] if point == "people" else bob)
    elif point == "absent":
        enter_absence(
            teacher=bob, begins_at=lesson.starts_at, ends_at=lesson.starts_at + HOUR, kind="sick", by=alice
        )
    elif point == "key":
        in_order.valid_seconds = 10 * 86400 + 60
        in_order.save_mirrored(["valid_seconds"])
    elif point == "held":
        hold_school(in_order, "10217")
    else:
        Lesson.objects.filter(pk=lesson.pk).update(sync_state="changed_outside")
    assert tones(in_order, lesson) == wanted


def test_without_the_private_key_nobody_can_record(in_order, bob):
    lesson = create_planned_lesson(bob)
    Enterprise.objects.filter(pk=in_order.pk).update(private_key=None)
    assert tones(Enterprise.objects.get(pk=in_order.pk), lesson) == ({"recording": "bad"}, "bad")


def test_only_lessons_of_the_next_day_are_looked_at(in_order, bob):
    far, begun = create_planned_lesson(bob, 25 * HOUR), create_running_lesson(bob)
    assert compute_readiness(in_order, [far, begun]) == {}


def test_many_lessons_cost_the_queries_of_one(in_order, bob, kids):
    def asked(lessons):
        with CaptureQueriesContext(connection) as queries:
            compute_readiness(in_order, lessons)
        return len(queries)

    lessons = [create_planned_lesson(bob, number * HOUR) for number in range(1, 9)]
    for lesson in lessons:
        add_members(lesson, *kids)
    assert asked(lessons) == asked(lessons[:1]) <= 5


class TestWhereItIsShown:
    @pytest.fixture
    def lacking(self, in_order, bob, kids):
        lesson = create_planned_lesson(bob, HOUR / 2)
        add_members(lesson, *kids)
        forget(kids[0])
        return lesson

    def test_the_page_of_the_lesson_names_each_point(self, browse, alice, lacking):
        page = browse(alice, f"/lessons/{lacking.pk}/").content.decode()
        assert "1 person is not registered at iclass and cannot enter." in page
        assert "Key and licence are valid beyond the end of the lesson." in page

    def test_home_counts_it_and_the_number_leads_to_the_list(self, browse, alice, lacking):
        page = browse(alice, "/").content.decode()
        assert "?need=not_ready" in page
        listed = browse(alice, "/lessons/?need=not_ready").content.decode()
        assert lacking.topic in listed

    def test_the_timetable_has_its_sign(self, browse, alice, lacking):
        first = timezone.localtime(lacking.starts_at).date()
        path = f"/timetable/lessons/?start={first}&end={first + timedelta(days=1)}"
        assert "not_ready" in browse(alice, path).json()["lessons"][0]["signs"]

    @pytest.mark.parametrize(
        ("tone", "sign", "word"),
        [
            ("ok", [], "ready"),
            ("warn", [], "partly ready"),
            ("bad", ["not_ready"], "not ready"),
        ],
    )
    def test_home_shows_red_amber_and_green_in_words_and_the_timetable_what_is_wrong(
        self, browse, alice, in_order, bob, kids, tone, sign, word
    ):
        lesson = create_planned_lesson(bob, HOUR / 4)
        add_members(lesson, *kids)
        if tone == "warn":
            lacks = Document.objects.create(
                enterprise=in_order,
                owner=bob,
                name="Deck",
                remote_id="1",
                sync_state="in_sync",
                observed={"transcode": True},
                transcode_status="queued",
            )
            attach_document(owner=lesson, document=lacks, by=bob)
        if tone == "bad":
            Lesson.objects.filter(pk=lesson.pk).update(sync_state="refused")
        first = timezone.localtime(lesson.starts_at).date()
        path = f"/timetable/lessons/?start={first}&end={first + timedelta(days=1)}"
        signs = browse(alice, path).json()["lessons"][0]["signs"]
        assert [one for one in signs if "ready" in one] == sign
        home = browse(alice, "/").content.decode()
        assert re.search(rf'<span class="tag tag-{tone}"[^>]*>.*?</svg>{word}</span>', home)

    def test_courseware_that_asked_for_no_transcode_counts_as_ready(self, in_order, bob, kids):
        lesson = create_planned_lesson(bob, HOUR)
        for name, observed, status in (("plain", {}, ""), ("done", {"transcode": True}, "finished")):
            one = Document.objects.create(
                enterprise=in_order,
                owner=bob,
                name=name,
                remote_id=name,
                sync_state="in_sync",
                observed=observed,
                transcode_status=status,
            )
            attach_document(owner=lesson, document=one, by=bob)
        assert tones(in_order, lesson) == ({}, "ok")

    def test_a_student_is_told_nothing_of_it(self, browse, kids, lacking):
        page = browse(kids[0], f"/lessons/{lacking.pk}/").content.decode()
        assert "not registered" not in page


class TestWarning:
    @pytest.fixture
    def lacking(self, in_order, bob, kids):
        lesson = create_planned_lesson(bob, 20 * HOUR, topic="Tea")
        add_members(lesson, *kids)
        forget(kids[0])
        return lesson

    def test_it_is_told_a_day_and_half_an_hour_before_each_once(self, alice, lacking):
        assert send_readiness_warnings() == 1
        assert send_readiness_warnings() == 0
        Lesson.objects.filter(pk=lacking.pk).update(starts_at=timezone.now() + HOUR / 3)
        assert send_readiness_warnings() == 1
        assert send_readiness_warnings() == 0
        kinds = Notification.objects.filter(person=alice).order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["lesson.not_ready_day", "lesson.not_ready_soon"]

    def test_what_is_ready_is_not_told(self, in_order, bob):
        create_planned_lesson(bob, HOUR)
        assert send_readiness_warnings() == 0

    def test_what_concerns_the_whole_school_is_not_told_of_each_lesson(self, in_order, bob):
        create_planned_lesson(bob, HOUR)
        hold_school(in_order, "10217")
        assert send_readiness_warnings() == 0

    def test_many_at_once_are_one_notice(self, alice, in_order, bob, kids):
        for number in range(6):
            add_members(create_planned_lesson(bob, 20 * HOUR + number * timedelta(minutes=1)), *kids)
        forget(kids[0])
        assert send_readiness_warnings() == 1
        notice = Notification.objects.get(person=alice)
        assert "6" in notification_text(notice.kind, notice.args).title

    def test_another_school_hears_nothing(self, charlie, lacking):
        send_readiness_warnings()
        assert not Notification.objects.filter(person=charlie).exists()
