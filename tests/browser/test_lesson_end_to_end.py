"""The whole story in Chromium, a window for each person: scheduled, taught, attended, ended, reckoned.

Everything is real: console, worker with its schedule, broker, PostgreSQL and the local service are
processes; nobody but the browsers does anything.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from accounts.models import Enterprise, User
from accounts.people.services import register_person
from accounts.school.services import use_own_callback
from accounts.sign_in.services import change_password
from classes.attendance.evidence import people_in_room
from classes.models import Lesson
from console.inbox.models import Callback
from console.outbox.models import Operation
from tests.support.programs import Console
from tests.support.sandbox import Sandbox
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

PASSWORD = "down-the-rabbit-hole"
#: Seconds after the start from which somebody is late, and before the end until which they leave early.
GRACE_S, EARLY_S = 2, 1
#: The longest time after which the page of a lesson asks for news.
ASKS_AGAIN_MS = 16_000
SOON = {"SWEEP_EVERY_S": "1", "LIVE_POLL_S": "1", "HISTORY_POLL_S": "1"}


@dataclass
class School:
    """The school of the story: its people are registered, Alice has a password."""

    row: Enterprise
    people: dict[str, User]
    url: str

    def token(self, user_id: str) -> str:
        return self.people[user_id].user_token.reveal()


@pytest.fixture
def console(program_variables: dict[str, str], tmp_path: Path) -> Iterator[Console]:
    made = Console(tmp_path / "web.log", program_variables | SOON)
    yield made
    made.kill()


@pytest.fixture
def story(connected: Enterprise, alice: User, settings: Any, console: Console, start_worker: Any) -> School:
    """Its people are entered while console and worker start, and registered by the worker."""
    with ThreadPoolExecutor() as pool:
        starting = [
            pool.submit(console.start),
            pool.submit(start_worker, beat=True, PUBLIC_URL=console.url, **SOON),
        ]
        settings.PUBLIC_URL = console.url
        school = fill(connected, alice, console.url)
    for program in starting:
        program.result()
    wait_until(lambda: not Operation.objects.exclude(state="done").exists())
    for person in school.people.values():
        person.refresh_from_db()
    return school


def fill(connected: Enterprise, alice: User, url: str) -> School:
    Enterprise.objects.filter(pk=connected.pk).update(
        late_after_s=GRACE_S, early_leave_s=EARLY_S, present_share=10
    )
    connected.refresh_from_db()
    change_password(person=alice, password=PASSWORD, by=None)
    roles = {"hatter": "teacher", "mouse": "student", "duck": "student", "lory": "student", "dodo": "student"}
    people = {
        user_id: register_person(
            enterprise=connected, by=alice, user_id=user_id, nickname=user_id.title(), role=role
        )
        for user_id, role in roles.items()
    }
    use_own_callback(school=connected, by=alice)
    return School(connected, people, url)


def window(browser: Browser, story: School, address: str) -> Page:
    """A window of its own, as another person on another computer would have it."""
    page = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
    ).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    return page


def sign_in(page: Page, login: str) -> None:
    page.fill("input[name=username]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.form button[type=submit]")
    expect(page.locator("main")).to_be_visible()


def schedule(page: Page, story: School) -> Lesson:
    """Alice fills the form as she would: topic, teacher, times, students."""
    starts = timezone.now().astimezone(story.row.tz).replace(second=0, microsecond=0)
    ends = starts + timedelta(minutes=45)
    page.goto(f"{story.url}/lessons/new/")
    page.fill("input[name=topic]", "疯狂的茶会")
    page.select_option("select[name=teacher]", "hatter")
    page.fill("input[name=day]", f"{starts:%Y-%m-%d}")
    page.fill("input[name=start]", f"{starts:%H:%M}")
    page.fill("input[name=end]", f"{ends:%H:%M}")
    for user_id in ("mouse", "duck", "lory", "dodo"):
        page.check(f"input[name=students][value={user_id}]")
    if ends.date() != starts.date():
        page.locator("details.more > summary").click()
        page.fill("input[name=end_day]", f"{ends:%Y-%m-%d}")
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/lessons/*/")
    return Lesson.objects.get(topic="疯狂的茶会")


def enter(browser: Browser, story: School, address: str, user_id: str) -> Page:
    page = window(browser, story, address)
    page.fill("#user-id", user_id)
    page.fill("#token", story.token(user_id))
    page.click("[data-testid=enter]")
    expect(page.locator(f"[data-testid=member][data-user-id={user_id}]")).to_be_visible()
    return page


def leave(page: Page) -> None:
    page.click("[data-testid=leave]")
    expect(page.locator("#room")).to_be_hidden()


def follow(page: Page, lesson: Lesson, *user_ids: str) -> None:
    """Once the console knows that these are in the room, the page of the lesson shows it by itself."""
    wait_until(lambda: set(user_ids) <= {one.user_id for one in people_in_room(lesson) if one.entered_at})
    page.clock.fast_forward(ASKS_AGAIN_MS)
    for user_id in user_ids:
        line = page.locator("#live li").filter(has_text=user_id.title())
        expect(line.filter(has=page.locator(".live-facts .time"))).to_be_visible()


def row_of(page: Page, name: str) -> Any:
    return page.locator("table.register tbody").filter(has_text=name).first


def test_a_lesson_is_scheduled_taught_attended_and_reckoned(
    browser: Browser, story: School, iclass: Sandbox, tmp_path: Path
) -> None:
    admin = window(browser, story, story.url)
    admin.clock.install()
    sign_in(admin, f"alice@{story.row.sdkappid}")
    lesson = schedule(admin, story)

    # The push is done by the worker; the page of the lesson has the links then.
    wait_until(lambda: Lesson.objects.get(pk=lesson.pk).remote_id)
    admin.reload()
    student_link = admin.locator("#student-link").input_value()
    teacher_link = admin.locator("#teacher-link").input_value()
    assert (student_link[-2:], teacher_link[-2:]) == ("/1", "/0")

    # Who waits in the room when the lesson begins is not late, however slow the machine is.
    teacher = enter(browser, story, teacher_link, "hatter")
    mouse = enter(browser, story, student_link, "mouse")
    duck = enter(browser, story, student_link, "duck")
    teacher.click("[data-testid=start]")
    teacher.click("[data-testid=confirm]")
    expect(teacher.locator("[data-testid=end]")).to_be_visible()
    started = _service_time(iclass)
    late_from = started + GRACE_S

    follow(admin, lesson, "hatter", "mouse", "duck")

    # A stay has whole seconds: one that ends in the second in which the lesson starts has none.
    wait_until(lambda: _service_time(iclass) > started + 1)
    leave(mouse)
    wait_until(lambda: _service_time(iclass) > late_from + 1)
    lory = enter(browser, story, student_link, "lory")
    follow(admin, lesson, "lory")
    mouse.reload()
    mouse = enter(browser, story, student_link, "mouse")
    leave(duck)
    wait_until(lambda: "duck" not in _inside(iclass, lesson))
    early_until = _service_time(iclass) + EARLY_S
    wait_until(lambda: _service_time(iclass) > early_until + 1)

    teacher.click("[data-testid=end]")
    teacher.click("[data-testid=confirm]")
    expect(teacher.locator("[data-testid=end]")).to_be_hidden()
    wait_until(lambda: Lesson.objects.get(pk=lesson.pk).final_at)

    truth = _truth(iclass, lesson)
    admin.goto(f"{story.url}/lessons/{lesson.pk}/attendance/")
    for name, word in (("Mouse", "出勤"), ("Duck", "早退"), ("Lory", "迟到"), ("Dodo", "缺勤")):
        expect(row_of(admin, name)).to_contain_text(word)
    for user_id in ("mouse", "duck", "lory"):
        shown = row_of(admin, user_id.title())
        for moment in (truth[user_id][0][0], truth[user_id][-1][1]):
            expect(shown).to_contain_text(f"{datetime.fromtimestamp(moment, story.row.tz):%H:%M:%S}")
    _check_download(admin, truth, story)
    _check_lists(admin, story, lesson)
    for page in (teacher, mouse, lory):
        page.context.close()


def _service_time(iclass: Sandbox) -> float:
    return float(iclass.control("clock")["now"])


def _inside(iclass: Sandbox, lesson: Lesson) -> set[str]:
    """Who is in the room as the service sees it, which may hear of a click late."""
    told = iclass.call("member/runtime/list", {"class_id": Lesson.objects.get(pk=lesson.pk).class_id})
    return {line["user_id"] for line in told["list"]}


def _truth(iclass: Sandbox, lesson: Lesson) -> dict[str, list[tuple[int, int]]]:
    """What the service itself says of who was there: unix seconds of each stay."""
    told = iclass.call("member/history/list", {"class_id": Lesson.objects.get(pk=lesson.pk).class_id})
    stays: dict[str, list[tuple[int, int]]] = {}
    for line in sorted(told["list"], key=lambda line: line["enter_time"]):
        stays.setdefault(line["user_id"], []).append((line["enter_time"], line["quit_time"]))
    return stays


def _check_download(admin: Page, truth: dict[str, list[tuple[int, int]]], story: School) -> None:
    """The XLSX says what happened, to the second, and names the absent."""
    with admin.expect_download() as download:
        admin.click("a[href$='attendance.xlsx']")
    content = Path(download.value.path()).read_bytes()
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    lines = {str(cell): row for row in rows for cell in row if str(cell) in {*truth, "dodo"}}
    assert {"mouse", "duck", "lory", "dodo"} <= set(lines)
    entered = datetime.fromtimestamp(truth["lory"][0][0], story.row.tz).replace(tzinfo=None)
    assert entered in [_second(cell) for cell in lines["lory"]]
    left = datetime.fromtimestamp(truth["duck"][-1][1], story.row.tz).replace(tzinfo=None)
    assert left in [_second(cell) for cell in lines["duck"]]


def _second(cell: Any) -> Any:
    """Excel keeps a moment as a fraction of a day; the nearest second is what was written."""
    if not isinstance(cell, datetime):
        return cell
    return (cell + timedelta(microseconds=500_000)).replace(microsecond=0)


def _check_lists(admin: Page, story: School, lesson: Lesson) -> None:
    """Callbacks and operations stand in their lists, handled and done."""
    class_id = Lesson.objects.get(pk=lesson.pk).remote_id
    wait_until(lambda: not Callback.objects.exclude(state=Callback.State.DONE).exists())
    admin.goto(f"{story.url}/sync/received/")
    for event in ("class_begin", "class_over"):
        assert Callback.objects.filter(event=event, class_id=class_id).count() == 1
        expect(admin.locator("main")).to_contain_text(class_id)
    assert not Operation.objects.exclude(state__in=["done", "superseded"]).exists()
    admin.goto(f"{story.url}/sync/sent/")
    expect(admin.locator("main table tbody tr")).to_have_count(min(50, Operation.objects.count()))
    admin.context.close()
