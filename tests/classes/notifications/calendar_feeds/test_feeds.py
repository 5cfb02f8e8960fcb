"""Calendar feeds: secret, revocable, read by an iCalendar library; changes, cancellations and the zone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Enterprise, StudentGroup, User
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import Feed, Lesson
from classes.notifications.calendar_feeds.ical import build_calendar
from classes.notifications.calendar_feeds.tokens import create_feed, revoke_feed
from console.lists.first_rows import first_rows
from tests.classes.factories import add_members, create_planned_lesson

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def lesson(bob, kids):
    found = create_planned_lesson(bob, 2 * DAY, topic="Croquet; with hedgehogs, 槌球\nand more")
    add_members(found, kids[0])
    return found


def path_of(by, group=None):
    return f"/calendar/{create_feed(by=by, group=group)[1]}.ics"


def events(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert calendar.errors == []
    for event in calendar.walk("VEVENT"):
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"} <= set(event)
    return calendar


def only(client, path):
    (event,) = events(client, path).walk("VEVENT")
    return event


def test_it_holds_the_lessons_of_its_person_and_no_other(client, bob, kids, lesson):
    create_planned_lesson(bob, 3 * DAY, topic="Tea")
    assert len(events(client, path_of(bob)).walk("VEVENT")) == 2
    event = only(client, path_of(kids[0]))
    assert event["SUMMARY"] == lesson.topic
    assert event.decoded("DTSTART") == lesson.starts_at
    assert not events(client, path_of(kids[1])).walk("VEVENT")


def test_the_zone_of_the_school_is_described_inside(client, school, bob, lesson):
    Enterprise.objects.filter(pk=school.pk).update(zone="Europe/London")
    calendar = events(client, path_of(bob))
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    start = calendar.walk("VEVENT")[0]["DTSTART"]
    assert start.params["TZID"] == "Europe/London"
    assert start.dt == lesson.starts_at.astimezone(ZoneInfo("Europe/London"))


def test_a_change_keeps_the_uid_and_raises_the_sequence(client, alice, bob, lesson):
    path = path_of(bob)
    before = only(client, path)
    edit_lesson(lesson=lesson, by=alice, starts_at=lesson.starts_at + DAY, ends_at=lesson.ends_at + DAY)
    after = only(client, path)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after.decoded("DTSTART") == before.decoded("DTSTART") + DAY


def test_what_calendars_do_not_show_does_not_raise_it(client, bob, lesson):
    path = path_of(bob)
    Lesson.objects.filter(pk=lesson.pk).update(bitrate=900, sync_state="sending", revision=40)
    assert only(client, path)["SEQUENCE"] == 0


def test_a_calendar_without_room_for_all_lessons_says_where_it_ends(bob, english):
    lessons = [create_planned_lesson(bob, n * DAY, topic=f"Tea {n}") for n in (2, 3)]
    feed, _token = create_feed(by=bob)
    found = Calendar.from_ical(build_calendar(feed, first_rows(Lesson.objects.order_by("starts_at"), 1)))
    shown, end = found.walk("VEVENT")
    assert shown["SUMMARY"] == "Tea 2"
    assert end["SUMMARY"] == "More lessons follow. They are in the timetable of the console."
    assert end.decoded("DTSTART") == lessons[0].ends_at
    assert str(end["URL"]).endswith("/timetable/")


def test_a_cancelled_lesson_stays_as_cancelled(client, alice, bob, lesson):
    path = path_of(bob)
    before = only(client, path)
    cancel_lesson(lesson=lesson, by=alice, reason="the Duchess is ill")
    after = only(client, path)
    assert (after["STATUS"], after["UID"]) == ("CANCELLED", before["UID"])
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert b"Duchess" not in client.get(path).content


def test_nobody_finds_a_teachers_link_in_it_and_groups_find_none(client, alice, bob, kids, lesson):
    group = StudentGroup.objects.get(name="Year 7")
    lesson.groups.add(group)
    unfolded = {
        name: client.get(path).content.replace(b"\r\n ", b"").decode()
        for name, path in {
            "teacher": path_of(bob), "student": path_of(kids[0]), "group": path_of(alice, group)
        }.items()
    }  # fmt: skip
    assert not any(lesson.teacher_url in text for text in unfolded.values())
    assert lesson.student_url in unfolded["student"]
    assert "class.example" not in unfolded["group"]
    assert "SUMMARY" in unfolded["group"]
    assert not any(kid.nickname in unfolded["group"] for kid in kids)


def test_what_has_not_changed_is_not_sent_again(client, bob, lesson):
    path = path_of(bob)
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    Lesson.objects.filter(pk=lesson.pk).update(topic="Tea")
    changed = client.get(path, headers={"if-none-match": first["etag"]})
    assert changed.status_code == 200
    assert changed["etag"] != first["etag"]


def test_the_token_is_kept_as_a_digest_and_a_new_one_ends_the_old(client, bob, lesson):
    old, new = path_of(bob), path_of(bob)
    assert Feed.objects.get().digest not in new
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


@pytest.mark.parametrize("end", ["revoked", "deactivated", "wrong"])
def test_an_address_that_ended_answers_nothing(client, bob, lesson, end):
    path = path_of(bob)
    if end == "revoked":
        revoke_feed(feed=Feed.objects.get(), by=bob)
    elif end == "deactivated":
        User.objects.filter(pk=bob.pk).update(is_active=False)
    else:
        path = path.replace(".ics", "x.ics")
    assert client.get(path).status_code == 404


def test_it_opens_in_the_browser_of_somebody_of_another_school_too(client, bob, charlie, lesson):
    path = path_of(bob)
    client.force_login(charlie)
    assert len(events(client, path).walk("VEVENT")) == 1


class TestPage:
    def test_the_address_is_shown_once(self, browse, bob, settings):
        page = browse(bob, "/calendar/new/", {})
        assert page["cache-control"] == "no-store"
        assert f"{settings.PUBLIC_URL}/calendar/" in page.content.decode()
        assert ".ics" not in browse(bob, "/calendar/").content.decode()

    def test_administrators_make_those_of_groups_and_nobody_else(self, browse, alice, bob, charlie, kids):
        group = StudentGroup.objects.get(name="Year 7")
        assert browse(bob, "/calendar/new/", {"group": group.pk}).status_code == 404
        assert browse(charlie, "/calendar/new/", {"group": group.pk}).status_code == 404
        assert "Year 7" in browse(alice, "/calendar/new/", {"group": group.pk}).content.decode()
        assert Feed.objects.get().group == group

    def test_it_is_taken_back_by_its_person_or_who_runs_the_school(self, browse, alice, bob, kids, charlie):
        feed, _token = create_feed(by=bob)
        asked = browse(bob, f"/calendar/{feed.pk}/revoke/").content.decode()
        assert "This address cannot be used again." in asked
        for reader, status in ((kids[0], 403), (charlie, 404), (alice, 302)):
            assert browse(reader, f"/calendar/{feed.pk}/revoke/", {}).status_code == status
        assert not Feed.objects.exists()


def test_reading_notes_when_at_most_once_an_hour(client, bob, lesson):
    path = path_of(bob)
    client.get(path)
    used = Feed.objects.get().last_used_at
    assert used <= timezone.now()
    client.get(path)
    assert Feed.objects.get().last_used_at == used
