"""Today in a browser: the ruler on a desk, the list on a phone, both without a mouse and without a reload."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, User
from classes.attendance.leave import request_leave
from classes.attendance.register import recompute_register
from classes.models import Attendance, Leave, Lesson, Recording
from tests.browser.page_checks import axe_violations, horizontal_overflow, tab_through_page
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_students,
    record_poll,
)
from tests.support.browser import FULL
from tests.support.cast import create_person
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
SHOTS = os.environ.get("SHOTS", "")
#: Those whose page differs, each in a look of its own; with `BROWSER=full` in all.
READERS = [
    ("alice", "zh-CN", "desk", "light"),
    ("bob", "en", "phone", "dark"),
    ("kid1", "zh-CN", "phone", "light"),
]
if FULL:
    READERS = [(*one[:2], *look) for one in READERS for look in product(SIZES, ("light", "dark"))]


@pytest.fixture
def window(live_server: Any, browser: Any, client: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """The home page of somebody, in a window of a size."""
    settings.REQUIRE_TWO_FACTOR = False
    contexts = []

    def open_home(reader: User, size: str = "desk", language: str = "en", scheme: str = "light") -> Any:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"{live_server.url}/")
        if SHOTS:
            page.screenshot(
                path=Path(SHOTS) / f"{reader.user_id}-{size}-{language}-{scheme}.png", full_page=True
            )
        return page

    yield open_home
    for context in contexts:
        context.close()


@pytest.fixture
def day(school: Enterprise, bob: User) -> list[Lesson]:
    """Twelve lessons of today, two at a time; the one of this minute runs without its teacher."""
    kids = create_students(school, 4, "Year 7")
    dora = create_person(school, "dora", Role.TEACHER)
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    lessons = []
    for hour in range(8, 14):
        for teacher, topic in ((bob, "Flamingos"), (dora, "Hedgehogs")):
            starts_at = midnight + timedelta(hours=hour, minutes=10)
            over = starts_at + timedelta(minutes=45) < timezone.now()
            times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
            state = {"status": "end", "final_at": timezone.now()} if over else {}
            lessons.append(create_planned_lesson(teacher, topic=f"{topic} {hour}", **times, **state))
    began = timezone.now() - timedelta(minutes=12)
    running = create_planned_lesson(
        bob,
        topic="Croquet",
        starts_at=began,
        ends_at=began + timedelta(minutes=45),
        status="ing",
        real_started_at=began,
    )
    add_members(running, *kids)
    record_poll(running, kids[:2])
    Lesson.objects.filter(pk=running.pk).update(looked_at=timezone.now())
    recompute_register(running)
    for days in range(1, 8):
        starts_at = timezone.now() - timedelta(days=days)
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
        past = create_finished_lesson(bob, topic=f"Past {days}", record_types=["remote"], **times)
        add_members(past, *kids)
        for place, kid in enumerate(kids):
            mark = ("present", "late", "present", "absent")[(place + days) % 4]
            Attendance.objects.create(
                lesson=past, person=kid, user_id=kid.user_id, role="student", mark=mark, provisional=False
            )
        video = {"class_id": past.remote_id, "video_id": f"v{days}", "video_type": 0}
        Recording.objects.create(enterprise=school, lesson=past, url="https://x.example", **video)
    return [*lessons, running]


def test_a_desk_has_the_ruler_and_a_phone_the_list(
    window: Callable[..., Any], alice: User, day: list[Lesson]
) -> None:
    desk = window(alice)
    expect(desk.locator(".ruler-bar")).to_have_count(len(day))
    expect(desk.locator(".ruler-list")).to_be_hidden()
    boxes = [bar.bounding_box() for bar in desk.locator(".ruler-bar").all()]
    assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes)
    assert all(apart(one, other) for one in boxes for other in boxes if one is not other)
    desk.locator(f"#bar-{day[0].pk}").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Flamingos 8")
    phone = window(alice, "phone", scheme="dark")
    expect(phone.locator(".ruler")).to_be_hidden()
    shown = phone.locator(".ruler-item")
    expect(shown).to_have_count(len(day))
    # The running one may have begun before midnight.
    begins = sorted(timezone.localtime(lesson.starts_at) for lesson in day)
    times = [span[:5] for span in shown.locator(".ruler-time").all_inner_texts()]
    assert times == [f"{one:%H:%M}" for one in begins]


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes share no point."""
    beside = one["x"] + one["width"] <= other["x"] + 1 or other["x"] + other["width"] <= one["x"] + 1
    return beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


def test_a_refresh_brings_a_new_lesson_and_keeps_the_focus(
    window: Callable[..., Any], alice: User, bob: User, day: list[Lesson]
) -> None:
    page = window(alice)
    page.locator(f"#bar-{day[-1].pk}").focus()
    create_planned_lesson(bob, timedelta(minutes=1), topic="Lobster quadrille")
    page.evaluate("htmx.ajax('GET', '/', {target: '#today', select: '#today', swap: 'outerHTML'})")
    expect(page.locator(".ruler-bar").filter(has_text="Lobster quadrille")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == f"bar-{day[-1].pk}"


@pytest.mark.parametrize(("reader", "language", "size", "scheme"), READERS)
def test_nothing_is_wrong_with_the_page_for_any_reader(
    window: Callable[..., Any],
    alice: User,
    day: list[Lesson],
    reader: str,
    language: str,
    size: str,
    scheme: str,
) -> None:
    page = window(User.objects.get(user_id=reader), size, language, scheme)
    assert axe_violations(page) == []
    spoken = tab_through_page(page)
    assert any("Croquet" in words for words in spoken), spoken
    assert horizontal_overflow(page, 320) == []


@pytest.mark.parametrize(
    ("size", "language", "returns", "done", "close"),
    [
        ("desk", "en", "Return", "The request has been returned", "Close register"),
        ("phone", "zh-CN", "退回", "已退回申请", "归档考勤表"),
    ],
)
def test_leave_is_returned_with_a_sentence_and_a_register_closed_without_leaving_today(
    window: Callable[..., Any],
    clicks: Clicks,
    school: Enterprise,
    alice: User,
    bob: User,
    size: str,
    language: str,
    returns: str,
    done: str,
    close: str,
) -> None:
    kid = create_students(school, 1)[0]
    begins = timezone.now() + timedelta(days=1)
    (leave,) = request_leave(
        person=kid, periods=[(begins, begins + timedelta(hours=4))], kind="sick", reason="Measles", by=kid
    )
    create_finished_lesson(bob)
    page = window(alice, size, language)
    clicks.count(page)
    page.locator(f"#more-leave-leave-{leave.pk}-summary").press("Enter")
    page.locator(f"#leave-arrow-back-up-{leave.pk}-summary").press("Enter")
    page.locator(f"#leave-arrow-back-up-{leave.pk}-text").fill("Exam day")
    assert axe_violations(page) == []
    assert horizontal_overflow(page, SIZES[size][0]) == []
    page.get_by_role("button", name=f"{returns} Kid1").press("Enter")
    expect(page.get_by_text(done)).to_be_visible()
    expect(page.locator("#waits-leave")).to_have_count(0)
    leave.refresh_from_db()
    assert (leave.state, leave.answer) == (Leave.State.RETURNED, "Exam day")
    page.get_by_role("button", name=close).press("Enter")
    expect(page.locator("#waits-registers")).to_have_count(0)
    clicks.done("what needs me today")
    assert Lesson.objects.get().register_closed_at


def test_a_row_has_one_line_with_one_button_and_a_menu(
    window: Callable[..., Any], school: Enterprise, alice: User, bob: User
) -> None:
    begins = timezone.now() + timedelta(days=1)
    kid = create_students(school, 1)[0]
    request_leave(
        person=kid, periods=[(begins, begins + timedelta(hours=4))], kind="sick", reason="Measles", by=kid
    )
    create_finished_lesson(bob, topic="Croquet with flamingos and hedgehogs")
    for size in SIZES:
        rows = window(alice, size).locator(".need-rows > li")
        expect(rows).to_have_count(2)
        for row in rows.all():
            acts = [act.bounding_box() for act in row.locator("> :is(form, details)").all()]
            assert len(acts) == 2, "a button and a menu"
            assert abs(middle(acts[0]) - middle(acts[1])) < 2, "beside one another"


def middle(box: dict[str, float]) -> float:
    return box["y"] + box["height"] / 2


#: The least distance in pixels between the words of neighbouring heads of the table of weeks.
HEAD_GAP = """() => {
    const spans = [...document.querySelectorAll(".week-table thead th")].map((head) => {
        const range = document.createRange();
        range.selectNodeContents(head);
        return range.getBoundingClientRect();
    });
    return Math.min(...spans.slice(1).map((span, place) => span.left - spans[place].right));
}"""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_heads_of_the_weeks_stand_apart_on_a_phone(
    window: Callable[..., Any], school: Enterprise, alice: User, bob: User, language: str
) -> None:
    kid = create_students(school, 1)[0]
    for days in range(1, 8):
        lesson = create_finished_lesson(bob, starts_at=timezone.now() - timedelta(days=days))
        Attendance.objects.create(
            lesson=lesson, person=kid, user_id=kid.user_id, role="student", mark="present", provisional=False
        )
    page = window(alice, "phone", language)
    page.locator(".week-table").wait_for()

    assert page.evaluate(HEAD_GAP) >= 5
    assert horizontal_overflow(page, SIZES["phone"][0]) == []


@pytest.mark.parametrize(
    ("size", "language", "more", "until", "again"),
    [
        ("desk", "en", "More", "Until next Monday", "Show again"),
        ("phone", "zh-CN", "更多", "延后到明天", "恢复显示"),
    ],
)
def test_a_register_is_put_off_and_shown_again_without_a_mouse(
    window: Callable[..., Any],
    bob: User,
    size: str,
    language: str,
    more: str,
    until: str,
    again: str,
) -> None:
    lesson = create_finished_lesson(bob, topic="Sums")
    page = window(bob, size, language)
    summary = page.locator(f"#more-registers-lesson-{lesson.pk}-summary")
    expect(summary).to_contain_text(f"{more} Sums")
    assert summary.bounding_box()["height"] >= 24
    summary.press("Enter")
    assert axe_violations(page) == []
    assert horizontal_overflow(page, SIZES[size][0]) == []
    page.get_by_role("button", name=f"{until} Sums").press("Enter")
    expect(page.locator("#waits-registers")).to_have_count(0)
    page.locator("#put-off").press("Enter")
    expect(page.get_by_role("button", name=f"{again} Sums")).to_be_visible()
    assert axe_violations(page) == []
    assert horizontal_overflow(page, SIZES[size][0]) == []
    page.get_by_role("button", name=f"{again} Sums").press("Enter")
    expect(page.locator(f"#again-registers-lesson-{lesson.pk}")).to_have_count(0)
    page.goto(page.url.replace("/today/later/", "/"))
    expect(page.locator("#waits-registers")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "language", "more", "act", "button", "given"),
    [
        ("desk", "en", "More", "Give to someone", "Give", "Given to you by Alice"),
        ("phone", "zh-CN", "更多", "转交他人", "转交", "Alice 转交给您"),
    ],
)
def test_a_register_is_given_to_its_teacher_without_a_mouse(
    window: Callable[..., Any],
    alice: User,
    bob: User,
    size: str,
    language: str,
    more: str,
    act: str,
    button: str,
    given: str,
) -> None:
    User.objects.create(enterprise=bob.enterprise, user_id="t07", role=Role.TEACHER, nickname="王芳")
    lesson = create_finished_lesson(bob, topic="Sums")
    page = window(alice, size, language)
    page.locator(f"#more-registers-lesson-{lesson.pk}-summary").press("Enter")
    expect(page.locator(f"#more-registers-lesson-{lesson.pk}")).to_contain_text(f"{more} Sums")
    assert axe_violations(page) == []
    page.get_by_role("link", name=f"{act} Sums").press("Enter")
    find, rows = page.locator("[data-picker-find]"), page.locator(".picker-row:visible")
    expect(rows.first).to_contain_text("Bob")
    for typed, found in (("wangf", "王芳"), ("王", "王芳"), ("bo", "Bob")):
        find.fill(typed)
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(found)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Bob")).to_be_checked()
    assert axe_violations(page) == []
    assert horizontal_overflow(page, SIZES[size][0]) == []
    page.get_by_role("button", name=button, exact=True).press("Enter")
    expect(page.locator(".row-given")).to_contain_text("Bob")
    assert axe_violations(page) == []
    theirs = window(bob, size, language)
    expect(theirs.locator("li", has=theirs.locator("#given")).first).to_contain_text(given)
    assert axe_violations(theirs) == []
    assert horizontal_overflow(theirs, SIZES[size][0]) == []
