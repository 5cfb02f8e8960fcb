"""Draws the pictures of the handbooks from the demo school: `SHOTS=docs/images` runs it, nothing else."""

import io
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.demo import cast
from classes.demo.lessons import Slot, slots
from classes.models import Attendance, Lesson
from classes.services import schedule_lesson, start_lesson
from console.outbox import relay
from tests.support import pictures
from tests.support.sandbox import Sandbox

SHOTS = os.environ.get("SHOTS", "").rstrip("/")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.skipif(not SHOTS.endswith("docs/images"), reason="draws pictures of the documentation alone"),
]

WIDTH, TUESDAY = 1280, 1
#: A picture of so many bytes has little more in it than the frame.
BLANK = 8_000
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
#: Who comes to the lessons that run; the others are missing.
COME = 16


@pytest.fixture
def demo(iclass: Sandbox, live_server: Any, settings: Any) -> Enterprise:
    """The demo school with two lessons that run, one without its teacher, and a third that iclass refused."""
    settings.PUBLIC_URL = live_server.url
    settings.REQUIRE_TWO_FACTOR, settings.ALARM_TEACHER_S = False, 0
    call_command("demo", stdout=io.StringIO())
    school = Enterprise.objects.get(sdkappid=cast.SDKAPPID)
    runs = Lesson.objects.get(enterprise=school, status="ing")
    alone = _lesson(
        school, cast.TEACHERS[1], "阅读课：《背影》", -timedelta(minutes=9), students=range(20, 40)
    )
    start_lesson(lesson=alone, by=None)
    _lesson(school, cast.TEACHERS[2], "口语练习", timedelta(minutes=40), students=range(20, 30))
    relay.drain()
    for number in range(5):
        for slot in slots(school, _next_monday() + timedelta(days=number)):
            if not school.lessons.filter(starts_at=slot.starts_at, topic=slot.topic).exists():
                _schedule(school, slot)
    relay.drain()
    iclass.control(
        "faults", {"arm": {"kind": "refuse", "match": "class/create", "error_code": 10102, "times": 1}}
    )
    _lesson(school, cast.TEACHERS[3], "力学实验", timedelta(days=2), students=range(10))
    relay.drain()
    _come(school, runs, [cast.TEACHERS[0].user_id, *(part.user_id for part in cast.students()[:COME])])
    alone.refresh_from_db()
    _come(school, alone, [part.user_id for part in cast.students()[20:32]])
    for _round in range(2):
        call_command("sweep", stdout=io.StringIO())
    return school


def _lesson(school: Enterprise, teacher: cast.Part, topic: str, begins: timedelta, students: range) -> Lesson:
    starts_at = (timezone.now() + begins).replace(second=0, microsecond=0)
    user_ids = tuple(cast.students()[number].user_id for number in students)
    return _schedule(school, Slot(starts_at, teacher.user_id, topic, user_ids))


def _schedule(school: Enterprise, slot: Slot) -> Lesson:
    people = {person.user_id: person for person in school.users.all()}
    return schedule_lesson(
        teacher=people[slot.teacher], by=people[cast.ADMIN.user_id], topic=slot.topic,
        students=[people[user_id] for user_id in slot.students],
        starts_at=slot.starts_at, ends_at=slot.ends_at,
        record_types=["remote"], conflict_reason="演示课",
    )  # fmt: skip


def _next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=7 - today.weekday())


def _come(school: Enterprise, lesson: Lesson, user_ids: list[str]) -> None:
    lesson.refresh_from_db()
    for user_id in user_ids:
        school.client().members.join(int(lesson.remote_id), user_id, camera=1, mic=1, speaker=1)


@pytest.fixture
def draw(browser: Any, client: Any, live_server: Any, demo: Enterprise) -> Any:
    """Draws the top of a page as somebody of the school sees it, in both languages."""

    def page_of(reader: User, short: str, height: int) -> Any:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": height}, locale=LANGUAGES[short], timezone_id="Asia/Shanghai"
        )
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    def drawn(
        name: str, path: str, height: int, act: Callable[[Any], None] = lambda page: None, only: str = ""
    ) -> None:
        for short in [only] if only else LANGUAGES:
            page = page_of(demo.users.get(user_id=cast.ADMIN.user_id), short, height)
            page.goto(f"{live_server.url}{path}")
            act(page)
            picture = Path(f"{SHOTS}/{name}.{short}.png")
            picture.unlink(missing_ok=True)
            pictures.draw(page, str(picture))
            page.context.close()
            assert picture.stat().st_size > BLANK, f"{picture} shows nothing"

    return drawn


def _after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _plan(page: Any) -> None:
    """A series as one fills it in, with its dates beside."""
    first = timezone.localdate() + timedelta(days=7)
    page.fill("[name=topic]", "数学提高班")
    page.select_option("[name=teacher]", cast.TEACHERS[0].user_id)
    page.fill("[name=day]", first.isoformat())
    page.fill("[name=start]", "19:00")
    page.fill("[name=end]", "20:30")
    for day in ("TU", "TH"):
        page.click(f"label:has([name=weekdays][value={day}])")
    page.fill("[name=count]", "12")
    page.fill("[name=skip]", _after(first + timedelta(days=7), TUESDAY).isoformat())
    page.locator("label.chip:has([name=groups])").first.click()
    page.locator(".plan-dates li").nth(5).wait_for()
    page.evaluate("window.scrollTo(0, 0)")


def _opened(row: Attendance) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page.locator(f"[aria-controls=drawer-{row.pk}]").click()
        page.locator(f"#drawer-{row.pk} .drawer").wait_for()
        page.evaluate("window.scrollTo(0, 0)")

    return act


def test_they_are_drawn(draw: Any, demo: Enterprise) -> None:
    late = Attendance.objects.filter(
        lesson__enterprise=demo, lesson__final_at__isnull=False, mark="late", lesson__status="end"
    ).latest("lesson__starts_at")
    runs = demo.lessons.get(status="ing", topic__startswith="直播课")
    draw("home", "/", 720, only="en")
    draw("lesson-live", f"/lessons/{runs.pk}/", 1000, only="zh")
    draw(
        "timetable",
        f"/timetable/?view=week&date={_next_monday()}",
        800,
        act=lambda page: page.locator(".ec-event").first.wait_for(),
    )
    draw("series", "/courses/new/", 900, act=_plan)
    draw("wall", "/live/", 620, act=lambda page: page.locator(".tile").first.wait_for())
    draw("register", f"/lessons/{late.lesson_id}/attendance/?mark=late", 900, act=_opened(late))
    draw("courseware", "/courseware/", 560)
    draw("recording", f"/recordings/{late.lesson_id}/", 900)
    draw("report", "/reports/school/", 640)
    draw("sent", "/sync/sent/?state=trouble", 760)
