"""The timetable in a browser: moved by keyboard and by mouse, read on a telephone, fast with a full week."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from classes.models import Course, Holiday, Lesson
from tests.browser.timetable_pages import SIZES, moment_of_next_week, timetable_path
from tests.classes.factories import create_planned_lesson
from tests.support.browser import looks, settle
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


#: The hours of a week, without scrolling.
WHOLE_DAY = {"width": 1280, "height": 2000}


def _shot(page: Any, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/timetable-{name}.png", full_page=True)


def _drawn_at(event: Any, y: float) -> bool:
    """Whether the lesson comes to stand there within five seconds. The dialog is hidden before the calendar
    hears of its end, and while it draws the lesson anew there is none."""
    for _moment_later in range(100):
        for one in event.all():
            box = one.bounding_box(timeout=1000) if one.count() else None
            if box and abs(box["y"] - y) < 2:
                return True
        event.page.wait_for_timeout(50)
    return False


def test_an_administrator_moves_a_lesson_by_mouse_after_reading_what_it_does(
    open_as: Callable[..., Any], clicks: Clicks, alice: User, croquet: Lesson
) -> None:
    page, complaints = open_as(alice, timetable_path(croquet))
    clicks.count(page)
    page.set_viewport_size(WHOLE_DAY)
    event = page.locator(".ec-event", has_text="Croquet")
    event.wait_for()
    box = event.bounding_box()
    for answer in ("Go back", "Reschedule"):
        page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 20 + box["width"] / 2, box["y"] + box["height"] + 20, steps=4)
        page.mouse.move(box["x"] + 20 + box["width"] + 12, box["y"] + 2 * box["height"] - 8, steps=6)
        assert page.locator(".ec-preview .tt-time").inner_text() == "11:00"
        page.mouse.up()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("4 people are expected (3 of them students).").wait_for()
        _shot(page, "drag")
        assert Lesson.objects.get(pk=croquet.pk).starts_at == croquet.starts_at
        button = dialog.get_by_role("link" if answer == "Go back" else "button", name=answer)
        button.click()
        if answer == "Go back":
            dialog.wait_for(state="hidden")
            assert _drawn_at(event, box["y"]), "a refused move goes back"
    page.get_by_text(
        "“Croquet” has been rescheduled. The change is sent to iclass within seconds."
    ).wait_for()
    clicks.done("move a lesson, refused once and then done")
    moved = timezone.localtime(Lesson.objects.get(pk=croquet.pk).starts_at)
    assert (moved.weekday(), moved.hour) == (3, 11)
    assert complaints == []


def test_an_administrator_moves_a_lesson_by_keyboard_alone(
    open_as: Callable[..., Any], alice: User, croquet: Lesson
) -> None:
    page, complaints = open_as(alice, timetable_path(croquet, teacher="bob"))
    page.locator(".ec-event", has_text="Croquet").wait_for()
    page.get_by_role("link", name="Croquet", exact=True).focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Reschedule: Croquet"
    page.keyboard.press("Enter")
    page.wait_for_url("**/move/**")
    page.locator("[name=start]").first.focus()
    page.keyboard.type("1400" if page.evaluate("navigator.language") != "en" else "0200PM")
    page.keyboard.press("Enter")
    page.get_by_text("4 people are expected").wait_for()
    _shot(page, "move")
    page.get_by_role("button", name="Reschedule", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("“Croquet” has been rescheduled.").wait_for()
    assert timezone.localtime(Lesson.objects.get(pk=croquet.pk).starts_at).hour == 14
    assert "teacher=bob" in page.url
    assert complaints == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_student_reads_the_own_timetable_on_a_telephone(
    open_as: Callable[..., Any], bob: User, croquet: Lesson, language: str
) -> None:
    create_planned_lesson(
        bob,
        topic="Not hers",
        starts_at=moment_of_next_week(12),
        ends_at=moment_of_next_week(13),
    )
    student = croquet.members.first().user
    date = timezone.localtime(croquet.starts_at).date().isoformat()
    page, complaints = open_as(student, f"/timetable/?date={date}", "telephone", language)
    page.locator(".ec-list .ec-event", has_text="Croquet").wait_for()
    assert page.get_by_text("Not hers").count() == 0
    assert page.locator(".tt-move").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "view=agenda" in page.url
    _shot(page, f"student-{language}")
    assert complaints == []


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [
        ((10 * 60, 11 * 60), (7, 22)),
        ((6 * 60 + 36, 7 * 60 + 21), (6, 22)),
        ((21 * 60 + 36, 22 * 60 + 21), (7, 23)),
        ((23 * 60 + 6, 24 * 60), (7, 24)),
        ((23 * 60 + 36, 24 * 60 + 21), (0, 24)),
    ],
)
def test_the_time_axis_of_a_week_is_on_whole_hours(
    open_as: Callable[..., Any],
    alice: User,
    bob: User,
    minutes: tuple[int, int],
    hours: tuple[int, int],
) -> None:
    starts_at, ends_at = (moment_of_next_week(0) + timedelta(minutes=minute) for minute in minutes)
    croquet = create_planned_lesson(bob, topic="Croquet", starts_at=starts_at, ends_at=ends_at)
    page, complaints = open_as(alice, timetable_path(croquet))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".ec-event", has_text="Croquet").first.wait_for()
    settle(page)
    labels = [text for text in page.locator(".ec-sidebar time").all_text_contents() if text]
    assert labels == [f"{hour:02}:00" for hour in range(*hours)]
    assert not [url for url in asked if "/timetable/lessons/" in url], "what is shown is not asked for again"
    assert complaints == []


def test_the_axis_stays_on_whole_hours_from_week_to_week(
    open_as: Callable[..., Any], alice: User, bob: User
) -> None:
    for week, start in enumerate((10 * 60, 6 * 60 + 36)):
        at = moment_of_next_week(0) + timedelta(weeks=week, minutes=start)
        create_planned_lesson(bob, topic=f"Croquet {week}", starts_at=at, ends_at=at + timedelta(minutes=45))
    page, complaints = open_as(alice, f"/timetable/?view=month&date={moment_of_next_week(0).date()}")
    page.locator(".ec-event", has_text="Croquet 0").wait_for()
    for view, topic, first in (("Week", "Croquet 0", "07:00"), ("Later", "Croquet 1", "06:00")):
        page.get_by_role("button", name=view, exact=True).click()
        page.locator(".ec-event", has_text=topic).wait_for()
        labels = page.locator(".ec-sidebar time")
        page.wait_for_function(
            "first => [...document.querySelectorAll('.ec-sidebar time')]"
            ".find((one) => one.textContent)?.textContent === first",
            arg=first,
        )
        assert {text[2:] for text in labels.all_text_contents() if text} == {":00"}
    assert complaints == []


@pytest.mark.parametrize("beside", [1, 2])
def test_a_card_of_45_minutes_shows_time_topic_and_teacher_whole(
    open_as: Callable[..., Any], alice: User, bob: User, beside: int
) -> None:
    starts = moment_of_next_week(10)
    plan = {"enterprise": alice.enterprise, "teacher": bob, "duration_minutes": 45}
    course = Course.objects.create(title="Ball games", starts_local=datetime(2027, 3, 2), **plan)
    for _number in range(beside):
        lesson = create_planned_lesson(
            bob, topic="Croquet", starts_at=starts, ends_at=starts + timedelta(minutes=45)
        )
        Lesson.objects.filter(pk=lesson.pk).update(course=course, sync_state="refused")
    page, _complaints = open_as(alice, timetable_path(lesson))
    card = page.locator(".ec-event", has_text="Croquet").first
    card.wait_for()
    outer = card.bounding_box()
    for part in (".tt-time", ".tt-mark", ".tt-topic", ".tt-who"):
        one = card.locator(part)
        box = one.bounding_box()
        assert one.evaluate("(one) => one.scrollWidth <= one.clientWidth + 1 || one.clientWidth === 0"), part
        assert box["y"] >= outer["y"], part
        assert box["y"] + box["height"] <= outer["y"] + outer["height"] + 0.5, part
        assert box["x"] + box["width"] <= outer["x"] + outer["width"] + 0.5, part
    assert card.locator(".tag").first.text_content().strip() == "rejected", "a screen reader reads the sign"


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const card = document.querySelector(".ec-event");
  return Array.from({ length: 8 }, (_none, place) => {
    card.className = card.className.replace(/hue-\\d/, `hue-${place + 1}`);
    const mark = card.querySelector(".tt-mark");
    mark.className = `tt-mark hue-${place + 1}`;
    const ground = getComputedStyle(card).backgroundColor, chip = getComputedStyle(mark);
    const texts = [".tt-topic", ".tt-time", ".tt-who"]
      .map((one) => getComputedStyle(card.querySelector(one)).color);
    return Math.min(ratio(chip.color, chip.backgroundColor), ...texts.map((text) => ratio(text, ground)));
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_courses_can_be_read_in_both_themes_and_have_a_letter(
    open_as: Callable[..., Any], alice: User, bob: User, croquet: Lesson, scheme: str
) -> None:
    times = {"starts_local": datetime(2027, 3, 2), "duration_minutes": 45}
    course = Course.objects.create(enterprise=alice.enterprise, title="Ball games", teacher=bob, **times)
    Lesson.objects.filter(pk=croquet.pk).update(course=course)
    page, _complaints = open_as(alice, timetable_path(croquet))
    page.emulate_media(color_scheme=scheme)
    page.locator(".tt-legend li", has_text="Ball games").wait_for()
    assert page.locator(".ec-event .tt-mark").inner_text() == "B"
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) == 8
    assert min(ratios) >= 4.5, ratios


def test_a_month_shows_its_days_and_leads_to_those_that_hold_more(
    open_as: Callable[..., Any], alice: User, bob: User
) -> None:
    for hour in range(8, 14):
        create_planned_lesson(
            bob,
            topic=f"At {hour}",
            starts_at=moment_of_next_week(hour),
            ends_at=moment_of_next_week(hour + 1),
        )
    lesson = Lesson.objects.first()
    assert lesson is not None
    page, complaints = open_as(alice, timetable_path(lesson, view="month"))
    page.locator(".ec-event", has_text="At 8").wait_for()
    assert page.locator(".ec-event .tt-topic").count() == 3
    page.get_by_role("link", name="+3 more").click()
    page.wait_for_url("**view=day**")
    page.locator(".ec-event", has_text="At 13").wait_for()
    assert page.locator(".ec-event .tt-topic").count() == 6
    assert complaints == []


def test_a_phone_opens_at_today(open_as: Callable[..., Any], alice: User, bob: User) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0)
    for days in (-1, 0, 6):
        at = noon + timedelta(days=days)
        create_planned_lesson(bob, topic=f"Day {days}", starts_at=at, ends_at=at + timedelta(hours=1))
    page, complaints = open_as(alice, "/timetable/", "telephone")
    page.locator(".ec-list .ec-event", has_text="Day 6").wait_for()
    assert page.locator(".ec-list .tt-topic").all_inner_texts() == ["Day 0", "Day 6"]
    assert complaints == []


@pytest.mark.parametrize(("size", "language"), looks(SIZES, ["en", "zh-CN"]))
def test_every_view_fits_and_loads_nothing_forbidden(
    open_as: Callable[..., Any], alice: User, bob: User, croquet: Lesson, size: str, language: str
) -> None:
    free = timezone.localtime(moment_of_next_week(9, 5)).date()
    Holiday.objects.create(enterprise=alice.enterprise, name="校庆", starts_on=free, ends_on=free)
    create_planned_lesson(
        bob,
        topic="红心王后的槌球课",
        starts_at=moment_of_next_week(10),
        ends_at=moment_of_next_week(12),
        sync_state="refused",
    )
    create_planned_lesson(
        bob,
        topic="Tea",
        starts_at=moment_of_next_week(15, 4),
        ends_at=moment_of_next_week(16, 4),
        sync_state="sending",
    )
    create_planned_lesson(
        bob,
        topic="Cards",
        starts_at=moment_of_next_week(9, 1),
        ends_at=moment_of_next_week(10, 1),
        cancelled_at=timezone.now(),
    )
    for view in ("week", "month", "agenda"):
        page, complaints = open_as(alice, timetable_path(croquet, view=view, teacher="bob"), size, language)
        page.locator(".ec-event", has_text="Croquet").first.wait_for()
        page.get_by_text("校庆").first.wait_for()
        assert page.get_by_text("all-day").count() == 0
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        settle(page)
        assert not [url for url in asked if "/timetable/lessons/" in url], (
            "what is shown is not asked for again"
        )
        _shot(page, f"{view}-{size}-{language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], view
        assert complaints == [], view
