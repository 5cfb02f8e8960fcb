"""The timetable in a browser: moved by keyboard and by mouse, read on a telephone, fast with a full week."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.models import Holiday, Lesson
from tests.classes.rows import expect, planned, pupils

SIZES = {"desk": (1280, 900), "telephone": (390, 844)}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(
    live_server: Any, browser: Any, client: Any, settings: Any
) -> Iterator[Callable[..., tuple[Any, list[str]]]]:
    """A page of the timetable as somebody sees it, and what the browser complained about."""
    settings.REQUIRE_TWO_FACTOR = False
    contexts = []

    def open_page(reader: User, path: str, size: str = "desk", language: str = "en") -> tuple[Any, list[str]]:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        contexts.append(context)
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page, complaints = context.new_page(), []
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}{path}")
        return page, complaints

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def croquet(school: Enterprise, bob: User) -> Lesson:
    """On Wednesday of next week at ten, with three students."""
    lesson = planned(bob, topic="Croquet", starts_at=_moment(10), ends_at=_moment(11))
    expect(lesson, *pupils(school, 3, "Year 7"))
    return lesson


def _moment(hour: int, weekday: int = 2) -> datetime:
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    return timezone.make_aware(datetime.combine(monday + timedelta(days=weekday), time(hour)))


def _week(lesson: Lesson, **more: str) -> str:
    told = {"view": "week", "date": timezone.localtime(lesson.starts_at).date().isoformat(), **more}
    return "/timetable/?" + "&".join(f"{name}={value}" for name, value in told.items())


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
    open_as: Callable[..., Any], alice: User, croquet: Lesson
) -> None:
    page, complaints = open_as(alice, _week(croquet))
    event = page.locator(".ec-event", has_text="Croquet")
    event.wait_for()
    box = event.bounding_box()
    for answer in ("No, leave it", "Move"):
        page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 20 + box["width"] / 2, box["y"] + box["height"] + 20, steps=4)
        page.mouse.move(box["x"] + 20 + box["width"] + 12, box["y"] + 2 * box["height"] - 8, steps=6)
        page.mouse.up()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("4 people are expected (3 of them students).").wait_for()
        _shot(page, "drag")
        assert Lesson.objects.get(pk=croquet.pk).starts_at == croquet.starts_at
        button = dialog.get_by_role("link" if answer.startswith("No") else "button", name=answer)
        button.click()
        if answer.startswith("No"):
            dialog.wait_for(state="hidden")
            assert _drawn_at(event, box["y"]), "a refused move goes back"
    page.get_by_text("“Croquet” is moved. iclass is told within seconds.").wait_for()
    moved = timezone.localtime(Lesson.objects.get(pk=croquet.pk).starts_at)
    assert (moved.weekday(), moved.hour) == (3, 11)
    assert complaints == []


def test_an_administrator_moves_a_lesson_by_keyboard_alone(
    open_as: Callable[..., Any], alice: User, croquet: Lesson
) -> None:
    page, complaints = open_as(alice, _week(croquet, teacher="bob"))
    page.locator(".ec-event", has_text="Croquet").wait_for()
    page.get_by_role("link", name="Croquet", exact=True).focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Move: Croquet"
    page.keyboard.press("Enter")
    page.wait_for_url("**/move/**")
    page.locator("[name=start]").first.focus()
    page.keyboard.type("1400" if page.evaluate("navigator.language") != "en" else "0200PM")
    page.keyboard.press("Enter")
    page.get_by_text("4 people are expected").wait_for()
    _shot(page, "move")
    page.get_by_role("button", name="Move", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("“Croquet” is moved.").wait_for()
    assert timezone.localtime(Lesson.objects.get(pk=croquet.pk).starts_at).hour == 14
    assert "teacher=bob" in page.url
    assert complaints == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_student_reads_the_own_timetable_on_a_telephone(
    open_as: Callable[..., Any], bob: User, croquet: Lesson, language: str
) -> None:
    planned(bob, topic="Not hers", starts_at=_moment(12), ends_at=_moment(13))
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


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("size", SIZES)
def test_every_view_fits_and_loads_nothing_forbidden(
    open_as: Callable[..., Any], alice: User, bob: User, croquet: Lesson, size: str, language: str
) -> None:
    free = timezone.localtime(_moment(9, 5)).date()
    Holiday.objects.create(enterprise=alice.enterprise, name="校庆", starts_on=free, ends_on=free)
    planned(bob, topic="红心王后的槌球课", starts_at=_moment(10), ends_at=_moment(12), sync_state="refused")
    planned(bob, topic="Tea", starts_at=_moment(15, 4), ends_at=_moment(16, 4), sync_state="sending")
    planned(bob, topic="Cards", starts_at=_moment(9, 1), ends_at=_moment(10, 1), cancelled_at=timezone.now())
    for view in ("week", "month", "agenda"):
        page, complaints = open_as(alice, _week(croquet, view=view, teacher="bob"), size, language)
        page.locator(".ec-event", has_text="Croquet").first.wait_for()
        page.get_by_text("校庆").first.wait_for()
        assert page.get_by_text("all-day").count() == 0
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.wait_for_timeout(300)
        assert not [url for url in asked if "/timetable/lessons/" in url], (
            "what is shown is not asked for again"
        )
        _shot(page, f"{view}-{size}-{language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], view
        assert complaints == [], view
