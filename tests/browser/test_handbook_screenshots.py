"""Draws the pictures of the handbooks from the demo school: `SHOTS=docs/images` runs it, nothing else."""

import io
import os
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, GuardianAccount, User
from classes.choices import Status
from classes.demo import personas
from classes.demo.history import HISTORY_JOB_KIND
from classes.demo.running import RUNNING
from classes.lessons.services import schedule_lesson
from classes.models import Attendance
from console.jobs.models import Job
from console.mirror import registry
from console.outbox import relay
from tests.support import pictures
from tests.support.environment import ROOT
from tests.support.guardians import guardian_in
from tests.support.sandbox import Sandbox

SHOTS = os.environ.get("SHOTS", "").rstrip("/")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.skipif(not SHOTS.endswith("docs/images"), reason="draws pictures of the documentation alone"),
]

WIDTH, PHONE_WIDTH, TUESDAY = 1280, 390, 1
#: A picture of so many bytes has little more in it than the frame.
BLANK = 8_000
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
FILLED_WITHIN_S = 400
#: By `test_import_people.py`.
DRAWN_BY_THE_IMPORT = {"people-list", "import-preview", "school-settings"}


@pytest.fixture
def demo(iclass: Sandbox, live_server: Any, settings: Any) -> Enterprise:
    """The demo school with its running lessons, its past ones, and one that iclass refused."""
    settings.PUBLIC_URL, settings.HISTORY_POLL_S = live_server.url, 0
    settings.REQUIRE_TWO_FACTOR, settings.RECORDING_HOSTS = False, [settings.ICLASS_BASE_URL]
    call_command("demo", stdout=io.StringIO())
    school = Enterprise.objects.get(sdkappid=personas.SDKAPPID)
    relay.drain()
    iclass.control(
        "faults", {"arm": {"kind": "refuse", "match": "class/create", "error_code": 10102, "times": 1}}
    )
    begins = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    schedule_lesson(
        teacher=school.users.get(user_id=personas.TEACHERS[3].user_id),
        by=school.users.get(user_id=personas.ADMIN.user_id), topic="力学实验",
        students=school.users.filter(user_id__in=[one.user_id for one in personas.group_students(0)]),
        starts_at=begins, ends_at=begins + timedelta(minutes=45),
        record_types=["remote"], conflict_reason="演示课",
    )  # fmt: skip
    relay.drain()
    until = time.monotonic() + FILLED_WITHIN_S
    while Job.objects.get(kind=HISTORY_JOB_KIND).is_open and time.monotonic() < until:
        call_command("sweep", "--quick", stdout=io.StringIO())
    return school


def _next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def names() -> set[str]:
    """What was drawn."""
    return set()


@pytest.fixture
def draw(browser: Any, client: Any, live_server: Any, demo: Enterprise, names: set[str]) -> Any:
    """Draws the top of a page as somebody of the school sees it, in both languages."""

    def page_of(reader: User | GuardianAccount, short: str, width: int, height: int) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=LANGUAGES[short], timezone_id="Asia/Shanghai"
        )
        signed_in = client
        if isinstance(reader, GuardianAccount):
            GuardianAccount.objects.filter(pk=reader.pk).update(language={"zh": "zh-hans"}.get(short, short))
            signed_in = guardian_in(Client(), reader)
        else:
            client.force_login(reader)
        session = signed_in.cookies["sessionid"].value
        cookie = {"name": "sessionid", "value": session, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page

    def drawn(
        name: str,
        path: str,
        height: int,
        act: Callable[[Any], None] = lambda page: None,
        reader: User | GuardianAccount | None = None,
        width: int = WIDTH,
    ) -> None:
        names.add(name)
        for short in LANGUAGES:
            user = reader or demo.users.get(user_id=personas.ADMIN.user_id)
            page = page_of(user, short, width, height)
            assert page.goto(f"{live_server.url}{path}").ok, path
            act(page)
            picture = Path(f"{SHOTS}/{name}.{short}.png")
            picture.unlink(missing_ok=True)
            pictures.save_screenshot(page, str(picture))
            page.context.close()
            assert picture.stat().st_size > BLANK, f"{picture} shows nothing"

    return drawn


def _after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _plan(page: Any) -> None:
    """A series as one fills it in, with its dates beside."""
    first = timezone.localdate() + timedelta(days=7)
    page.fill("[name=topic]", "数学提高班")
    page.select_option("[name=teacher]", personas.TEACHERS[0].user_id)
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


def _waits_for(selector: str) -> Callable[[Any], None]:
    return lambda page: page.locator(selector).first.wait_for()


def test_all_pictures_of_the_screens_are_drawn(draw: Any, demo: Enterprise, names: set[str]) -> None:
    late = Attendance.objects.filter(
        lesson__enterprise=demo,
        lesson__final_at__isnull=False,
        mark="late",
        lesson__status=Status.END,
        person__isnull=False,
    ).latest("lesson__starts_at")
    runs = demo.lessons.get(status=Status.ING, topic=RUNNING[0].topic)
    planned = demo.lessons.filter(
        status=Status.WILL, course__isnull=False, starts_at__gt=timezone.now()
    ).earliest("starts_at")
    monday, month = _next_monday(), timezone.localdate()
    lessons = _waits_for(".ec-event")
    teacher = demo.users.get(user_id=personas.TEACHERS[0].user_id)
    # What is live is drawn first, while the last look at it is new.
    demo.lessons.filter(status=Status.ING).update(look_at=timezone.now())
    registry.poll_due_rows()
    draw("wall", "/live/", 620, act=_waits_for(".tile"))
    draw("home", "/", 720)
    draw("lesson-live", f"/lessons/{runs.pk}/", 1000)
    draw("home-teacher", "/", 844, reader=teacher, width=PHONE_WIDTH)
    draw("home-student", "/", 844, reader=late.person, width=PHONE_WIDTH)
    draw("timetable", f"/timetable/?view=week&date={monday}", 800, act=lessons)
    draw("timetable-month", f"/timetable/?view=month&date={month}", 800, act=lessons)
    draw("lesson-new", "/lessons/new/", 900)
    draw("series", "/courses/new/", 900, act=_plan)
    draw("lesson-planned", f"/lessons/{planned.pk}/", 900)
    draw("lesson-over", f"/lessons/{late.lesson_id}/", 900)
    draw("registers", "/reports/registers/", 640)
    draw("register", f"/lessons/{late.lesson_id}/attendance/?mark=late", 900, act=_opened(late))
    draw("report", "/reports/school/", 960)
    draw("student", f"/people/{late.person_id}/", 900)
    mother = demo.guardians.get(account__isnull=False)
    draw("guardian", f"/guardian/{mother.pk}/attendance/", 844, reader=mother.account, width=PHONE_WIDTH)
    draw("courseware", "/courseware/", 560)
    draw("recording", f"/recordings/{late.lesson_id}/", 900)
    draw("sent", "/sync/sent/?state=trouble", 760)

    shown = set(re.findall(r"images/([\w-]+)\.en\.png", (ROOT / "docs/screens.md").read_text()))
    assert shown - names == DRAWN_BY_THE_IMPORT
