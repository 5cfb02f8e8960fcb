"""People come in by a file, a group changes, an operator visits: in a browser, up to what the service has.

`SHOTS=docs/images` draws the pictures of the handbook anew; another folder gets every page, in more looks.
"""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Enterprise, PeopleImport, Role, StudentGroup, User
from accounts.people.group_services import save_group
from accounts.people.services import register_person
from classes.lessons.services import schedule_lesson
from tests.support.browser import SEEN_AGAIN, collect_console_errors, in_turn
from tests.support.cast import create_person
from tests.support.clicks import Clicks
from tests.support.iclass_service import tomorrow_at
from tests.support.pictures import save_screenshot
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

SIZES = {"desk": (1280, 800), "telephone": (390, 844)}
SHOTS = os.environ.get("SHOTS", "")
HANDBOOK = SHOTS.rstrip("/").endswith("docs/images")
LOOKS = [("desk", "zh-CN", "light"), ("telephone", "en", "dark")]
if HANDBOOK:
    LOOKS = [("desk", "zh-CN", "light"), ("desk", "en", "light")]
elif SHOTS:
    LOOKS += [("desk", "en", "dark"), ("telephone", "zh-CN", "light")]


def in_looks(number: int) -> Any:
    """Where pictures are drawn, each look; else as the journeys of this file take turns."""
    looks = LOOKS if SHOTS else in_turn(number, LOOKS)
    return pytest.mark.parametrize("window", looks, indirect=True, ids="-".join)


#: Pages that the handbook shows; what is not needed of them is cut off at this height.
IN_HANDBOOK = {
    "import-columns": 900, "import-preview": 700, "import-sent": 640, "group-change": 620,
    "school-settings": 900, "school-enter": 420, "people-list": 560,
}  # fmt: skip

SHEET = """学号;姓名;身份;手机;班级
{0}-hare;三月兔;学生;13800000001;七年级一班
{0}-mock;假海龟;学生;13800000002;七年级一班; 合唱团
{0}-king;红心国王;国王;13800000003;七年级一班
{0}-alice2;丽达;老师;13800000004;
"""


class Window:
    """A browser of one person, in one size, language and light; keeps what the console complains of."""

    def __init__(self, browser: Any, url: str, look: tuple[str, str, str]) -> None:
        self.size, self.language, light = look
        self.width, height = SIZES[self.size]
        self.url = url
        self.context = browser.new_context(
            viewport={"width": self.width, "height": height},
            locale=self.language,
            timezone_id="Asia/Shanghai",
            color_scheme=light,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.complaints: list[str] = []
        collect_console_errors(self.page, self.complaints)

    def enter(self, client: Any, who: User) -> None:
        client.force_login(who)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}
        self.context.add_cookies([cookie])

    def open(self, path: str, name: str = "") -> None:
        self.page.goto(f"{self.url}{path}")
        if name:
            self.seen(name)

    def press(self, name: str = "") -> None:
        """The first button of the form in the middle of the page."""
        self.page.locator("main form .form-buttons button[type=submit]").last.click()
        self.page.wait_for_load_state()
        if name:
            self.seen(name)

    def seen(self, name: str) -> None:
        """The page fits its screen, and the browser has nothing to complain of."""
        self.page.wait_for_load_state()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name
        assert self.complaints == [], name
        if HANDBOOK and name in IN_HANDBOOK:
            short = "zh" if self.language == "zh-CN" else "en"
            clip = {"x": 0, "y": 0, "width": self.width, "height": IN_HANDBOOK[name]}
            save_screenshot(self.page, f"{SHOTS}/{name}.{short}.png", clip=clip, full_page=True)
        elif SHOTS and not HANDBOOK:
            path = f"{SHOTS}/{name}-{self.size}-{self.language}.png"
            self.page.screenshot(path=path, full_page=True)

    def text(self) -> str:
        return str(self.page.locator("main").inner_text())


@pytest.fixture
def window(request: Any, browser: Any, live_server: Any, settings: Any) -> Any:
    settings.PUBLIC_URL = live_server.url
    settings.REQUIRE_TWO_FACTOR = False
    made = Window(browser, live_server.url, request.param)
    yield made
    made.context.close()


@pytest.fixture
def connected(connected: Enterprise) -> Enterprise:
    Enterprise.objects.filter(pk=connected.pk).update(name="晨光实验学校")
    connected.refresh_from_db()
    return connected


def sweep() -> None:
    """What worker and schedule do."""
    call_command("sweep", "--quick", stdout=io.StringIO())


def name_of(iclass: Sandbox, user_id: str) -> str:
    """Under which name the service knows somebody; empty where it does not."""
    told: dict[str, Any] = iclass.call("user/info", {"user_id": user_id})
    return str(told.get("user_info", {}).get("nickname", ""))


def sheet(folder: Path, prefix: str) -> Path:
    """As schools send it: from Excel in Chinese, with semicolons, one role that does not exist."""
    path = folder / "七年级名单.csv"
    path.write_bytes(SHEET.replace("; 合唱团", "、合唱团").format(prefix).encode("gb18030"))
    return path


@in_looks(0)
def test_a_file_with_one_bad_row_is_imported_up_to_the_service(
    window: Window, client: Any, alice: User, connected: Enterprise, iclass: Sandbox, tmp_path: Path
) -> None:
    prefix = f"{window.size[:4]}{window.language[:2]}"
    window.enter(client, alice)
    page = window.page
    window.open("/people/imports/new/", "import-upload")
    page.set_input_files("[name=file]", sheet(tmp_path, prefix))
    window.press()
    page.locator("a[href$='/columns/']").click()
    window.seen("import-columns")
    assert page.locator("[name=column_0]").input_value() == "user_id"
    assert page.locator("[name=column_4]").input_value() == "groups"
    window.press()
    window.seen("import-preview")
    assert "国王" in window.text()
    assert PeopleImport.objects.get().counts == {
        **{"added": 3, "changed": 0, "unchanged": 0, "refused": 1}, "twins": 0,
    }  # fmt: skip
    assert not User.objects.filter(user_id=f"{prefix}-hare").exists()
    with page.expect_download() as saved:
        page.locator("a[href$='refused.csv']").click()
    assert f"{prefix}-king" in saved.value.path().read_text(encoding="utf-8-sig")
    page.locator("form[action$='/apply/'] button").click()
    page.wait_for_selector("#job-progress")
    window.seen("import-applied")
    sweep()
    page.evaluate(SEEN_AGAIN)
    page.wait_for_selector("#job-progress .tag-ok")
    assert page.locator(".choices a[href='?show=push_done'] strong").inner_text() == "3"
    window.open(f"/people/imports/{PeopleImport.objects.get().pk}/", "import-sent")
    known = [name_of(iclass, f"{prefix}-{one}") for one in ("hare", "mock", "alice2", "king")]
    assert known == ["三月兔", "假海龟", "丽达", ""]
    window.open("/people/imports/", "imports")
    window.open("/people/", "people-list")
    window.open("/people/export/", "people-export")
    window.open("/jobs/", "jobs")


@in_looks(1)
def test_a_student_joins_a_group_and_the_lessons_follow_up_to_the_service(
    window: Window, client: Any, alice: User, bob: User, connected: Enterprise, iclass: Sandbox
) -> None:
    prefix = f"{window.size[:4]}{window.language[:2]}-g"
    names = ["林小满", "周子昂", "许知远"]
    students = [
        register_person(enterprise=connected, by=alice, user_id=f"{prefix}{n}", nickname=name, role="student")
        for n, name in enumerate(names)
    ]
    group = StudentGroup(enterprise=connected, name="七年级一班")
    group = save_group(group=group, students=students[:2], by=alice, teacher=bob)
    lesson = schedule_lesson(
        teacher=bob, by=alice, students=students[:2], groups=[group], topic="分数的加减",
        starts_at=tomorrow_at(1), ends_at=tomorrow_at(2),
    )  # fmt: skip
    sweep()
    window.enter(client, alice)
    page = window.page
    window.open("/groups/", "groups")
    page.get_by_role("link", name="七年级一班", exact=True).click()
    window.seen("group-form")
    page.check(f"input[name=students][value={students[2].user_id}]")
    window.press("group-change")
    assert "分数的加减" in window.text()
    assert group.students.count() == 2
    window.press("group-pushed")
    sweep()
    page.evaluate(SEEN_AGAIN)
    page.wait_for_selector("#group-pushed .tag-ok")
    window.seen("group-pushed-done")
    lesson.refresh_from_db()
    there = iclass.call("class/info", {"class_id": lesson.class_id})["members"]
    assert students[2].user_id in {one["user_id"] for one in there}
    window.open("/groups/")
    page.locator(f"form[action='/groups/{group.pk}/archive/'] button").click()
    page.locator(".flash-success").wait_for()
    window.open("/groups/?show=archived", "groups-archived")
    page.locator("form[action$='/restore/'] button").click()
    page.wait_for_load_state()
    assert "七年级一班" in window.text()
    window.open(f"/people/{bob.pk}/", "person-in-charge")


@in_looks(2)
def test_an_operator_enters_a_school_with_a_reason_and_the_school_sees_it(
    window: Window, clicks: Clicks, client: Any, olga: User, connected: Enterprise
) -> None:
    quinn = create_person(connected, "quinn", Role.SUPERADMIN)
    window.enter(client, olga)
    page = window.page
    window.open("/schools/", "schools")
    window.open("/schools/new/", "school-new")
    window.open("/schools/")
    clicks.count(page)
    page.locator(f"a[href='/schools/{connected.pk}/enter/']").click()
    window.press()
    assert page.url.endswith("/enter/")
    page.fill("[name=reason]", "课堂链接打不开，来电求助")
    window.seen("school-enter")
    window.press("visit-home")
    assert page.locator(".visit").is_visible()
    window.open("/people/", "visit-people")
    page.locator(".visit form button").click()
    page.wait_for_url("**/schools/")
    clicks.done("operator's visit with a forgotten reason")
    window.context.clear_cookies()
    window.enter(client, quinn)
    window.open("/school/visits/", "visits")
    assert "课堂链接打不开" in window.text()
    window.open("/school/", "school-settings")
    for section in ("general", "ai", "rules", "retention", "logo"):
        window.open(f"/school/{section}/", f"school-{section}")
    window.open("/school/keys/", "school-keys")


@pytest.mark.parametrize("window", LOOKS if SHOTS else LOOKS[:1], indirect=True, ids="-".join)
def test_the_tables_of_the_django_admin_load_nothing_forbidden(
    window: Window, client: Any, connected: Enterprise, bob: User
) -> None:
    quinn = create_person(connected, "quinn", Role.SUPERADMIN)
    students = [create_person(connected, f"kid{n}", Role.STUDENT) for n in range(3)]
    group = save_group(
        group=StudentGroup(enterprise=connected, name="七年级一班"), students=students, by=quinn, teacher=bob
    )
    window.enter(client, quinn)
    window.open("/admin/", "admin")
    window.open("/admin/accounts/studentgroup/", "admin-groups")
    window.open(f"/admin/accounts/studentgroup/{group.pk}/change/", "admin-group")
    assert window.page.locator("#id_students_to option").count() == 3
    assert ("Choose" in window.text()) is (window.language == "en")
    window.open("/admin/accounts/user/", "admin-people")
    window.open(f"/admin/accounts/user/{bob.pk}/change/", "admin-person")
    window.open("/admin/accounts/enterprise/", "admin-schools")
