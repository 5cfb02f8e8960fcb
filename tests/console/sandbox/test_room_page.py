"""The classroom page in a real browser, with a window for each person."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.callback_receiver import CallbackReceiver

pytestmark = pytest.mark.browser
Window = Callable[..., Page]
# A camera that is a painted canvas, for the machine that runs the tests has none.
PAINTED_CAMERA = """
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  return canvas.captureStream(5);
};
"""
# The page looks for what is new every 1.5 s; a test need not wait so long for each thing that it does.
QUICK_TIMERS = """
const every = setInterval;
window.setInterval = (act, milliseconds) => every(act, milliseconds / 6);
"""
# The request that a page sends as it is left comes when it wants to; a test that needs its moment sends it.
SILENT_GOODBYE = """
const fetched = window.fetch;
window.fetch = async (address, options) => options?.keepalive ? null : fetched(address, options);
"""


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """A new window; the test fails on any error in its console."""
    errors: list[str] = []
    contexts = []

    def opened(width: int = 1280, height: int = 800, **kind: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **kind)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_init_script(PAINTED_CAMERA + QUICK_TIMERS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def is_error(said: ConsoleMessage) -> bool:
    """What the console says of a connection that the test took away is no error of the page."""
    return said.type == "error" and "ERR_INTERNET_DISCONNECTED" not in said.text


class Story:
    """A class with its two links, and people who can enter it."""

    def __init__(self, school: SandboxSchool, *students: str, **changes: object) -> None:
        self.school = school
        self.teacher = school.person("teacher", nickname="王老师")
        self.class_id = school.lesson(*students, teacher_id=self.teacher, class_topic="量子", **changes)
        base = f"{school.sandbox.url}/{school.app}/{self.class_id}"
        self.teacher_url, self.student_url = f"{base}/0", f"{base}/1"

    def enter(self, page: Page, user_id: str) -> Page:
        page.goto(self.teacher_url if user_id == self.teacher else self.student_url)
        page.fill("#user-id", user_id)
        page.fill("#token", self.school.tokens[user_id])
        page.get_by_test_id("enter").click()
        expect(tile(page, user_id)).to_be_visible()
        return page


def tile(page: Page, user_id: str) -> Locator:
    return page.locator(f'[data-testid=member][data-user-id="{user_id}"]')


def test_a_lesson_from_start_to_end_in_two_windows(
    school: SandboxSchool, receiver: CallbackReceiver, window: Window
) -> None:
    student = school.person(nickname="小明")
    story = Story(school, student)
    bob, pupil = story.enter(window(), story.teacher), story.enter(window(), student)
    expect(bob.get_by_test_id("status")).to_have_text("未开始")
    assert school.info(story.class_id)["class_status"] == "will"
    expect(pupil.get_by_test_id("start")).to_be_hidden()
    bob.get_by_test_id("start").click()
    assert school.info(story.class_id)["class_status"] == "will"
    bob.get_by_test_id("confirm").click()
    for page in (bob, pupil):
        expect(page.get_by_test_id("status")).to_have_text("进行中")
    for name in ("hand", "camera", "mic", "speaker"):
        pupil.get_by_test_id(name).click()
        expect(pupil.get_by_test_id(name)).to_have_attribute("aria-pressed", "true")
    expect(tile(bob, student)).to_contain_text("举手中")
    expect(tile(bob, student)).to_contain_text("麦克风开")
    expect(tile(pupil, student).locator("video")).to_be_visible()
    assert school.inside(story.class_id)[student]["status"] == {
        "camera": 1, "mic": 1, "speaker": 1, "silence": 0, "hand_up": 1,
    }  # fmt: skip
    bob.get_by_test_id("end").click()
    bob.get_by_test_id("confirm").click()
    for page in (bob, pupil):
        expect(page.locator("#notice")).to_have_text("课堂已结束。")
        expect(page.get_by_test_id("status")).to_have_text("已结束")
        expect(page.locator("#entry")).to_be_hidden()
    assert [one.event for one in receiver.wait_for(2)] == ["class_begin", "class_over"]


def test_a_teacher_silences_closes_and_removes(school: SandboxSchool, window: Window) -> None:
    student = school.person()
    story = Story(school, student)
    bob, pupil = story.enter(window(), story.teacher), story.enter(window(), student)
    pupil.get_by_test_id("mic").click()
    row = tile(bob, student)
    row.locator("[data-act=disable_mic]").click()
    expect(row.locator("[data-state=mic]")).to_have_text("麦克风关")
    expect(pupil.get_by_test_id("mic")).to_have_attribute("aria-pressed", "false")
    row.locator("[data-act=silence]").click()
    expect(pupil.locator("#silenced")).to_be_visible()
    row.locator("[data-act=silence]").click()
    expect(pupil.locator("#silenced")).to_be_hidden()
    bob.get_by_test_id("silence-all").click()
    expect(pupil.locator("#silenced")).to_be_visible()
    row.locator("[data-act=kick]").click()
    bob.get_by_test_id("confirm").click()
    expect(pupil.locator("#notice")).to_contain_text("移出")
    expect(row).to_have_count(0)
    assert student not in school.inside(story.class_id)


def test_a_wrong_token_lets_nobody_in_and_says_what_to_do(school: SandboxSchool, window: Window) -> None:
    student = school.person()
    story = Story(school, student)
    page = window()
    page.goto(f"{story.teacher_url}?user_id={story.teacher}&token={school.tokens[student]}")
    assert "token" not in page.url
    expect(page.locator("#notice")).to_contain_text("入场凭证与用户 ID 不符")
    expect(page.locator("#room")).to_be_hidden()
    outsider = school.person()
    page.fill("#user-id", outsider)
    page.fill("#token", school.tokens[outsider])
    page.get_by_test_id("enter").click()
    expect(page.locator("#notice")).to_contain_text("不在本课堂的名单")
    assert school.inside(story.class_id) == {}


def test_a_link_with_both_enters_at_once_and_a_reload_comes_back_as_the_same_person(
    school: SandboxSchool, window: Window
) -> None:
    student = school.person()
    story = Story(school, student)
    page = window()
    page.goto(f"{story.student_url}#user_id={student}&token={school.tokens[student]}")
    expect(tile(page, student)).to_be_visible()
    page.reload()
    expect(tile(page, student)).to_be_visible()
    page.get_by_test_id("leave").click()
    expect(page.locator("#entry")).to_be_visible()
    assert school.inside(story.class_id) == {}
    page.reload()
    expect(page.get_by_test_id("enter")).to_be_visible()


def test_a_reloaded_page_stays_though_the_goodbye_of_the_page_before_comes_after_its_entry(
    school: SandboxSchool, window: Window, receiver: CallbackReceiver
) -> None:
    student = school.person()
    story = Story(school, student)
    page = window()
    page.add_init_script(SILENT_GOODBYE)
    story.enter(page, student)
    page.clock.set_fixed_time(time.time())
    page.reload()
    expect(tile(page, student)).to_be_visible()
    school.ok("member/quit", class_id=story.class_id, user_id=student)
    receiver.until(lambda: student in school.inside(story.class_id), 9)
    assert student in school.inside(story.class_id)
    expect(tile(page, student)).to_be_visible()
    expect(page.locator("#notice")).to_be_hidden()


def test_who_is_removed_from_a_page_that_was_not_reloaded_does_not_come_back(
    school: SandboxSchool, window: Window
) -> None:
    student = school.person()
    story = Story(school, student)
    page = story.enter(window(), student)
    school.ok("member/quit", class_id=story.class_id, user_id=student)
    expect(page.locator("#notice")).to_contain_text("不在课堂：")
    assert school.inside(story.class_id) == {}


def test_a_closed_tab_is_a_person_who_left(
    school: SandboxSchool, window: Window, receiver: CallbackReceiver
) -> None:
    student = school.person()
    story = Story(school, student)
    page = story.enter(window(), student)
    page.goto("about:blank")
    receiver.until(lambda: school.inside(story.class_id) == {}, 5)
    assert school.inside(story.class_id) == {}


def test_a_public_class_takes_visitors_and_a_password_is_asked_for(
    school: SandboxSchool, window: Window
) -> None:
    story = Story(school, class_type="public", password="open")
    page = window()
    page.goto(story.student_url)
    page.fill("#user-id", "访客甲")
    page.get_by_test_id("visit").click()
    expect(page.locator("#notice")).to_contain_text("密码")
    page.fill("#password", "open")
    page.get_by_test_id("visit").click()
    expect(page.get_by_test_id("member")).to_contain_text("访客甲")


def test_an_expected_student_is_asked_for_the_password_and_the_teacher_is_not(
    school: SandboxSchool, window: Window
) -> None:
    student = school.person()
    story = Story(school, student, password="open")
    story.enter(window(), story.teacher)
    page = window()
    page.goto(story.student_url)
    page.fill("#user-id", student)
    page.fill("#token", school.tokens[student])
    expect(page.locator("#password")).to_be_hidden()
    page.get_by_test_id("enter").click()
    expect(page.locator("#notice")).to_contain_text("密码")
    page.fill("#password", "open")
    page.get_by_test_id("enter").click()
    expect(tile(page, student)).to_be_visible()
    page.reload()
    expect(tile(page, student)).to_be_visible()


def test_on_a_phone_everything_fits_and_english_is_one_tap_away(
    school: SandboxSchool, window: Window
) -> None:
    student = school.person(nickname="A person with a very long name indeed")
    story = Story(school, student)
    page = window(360, 740)
    page.goto(story.student_url)
    expect(page.locator("h1")).to_have_text("进入课堂")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Enter the class")
    story.enter(page, student)
    expect(page.get_by_test_id("status")).to_have_text("Not started")
    for name in ("mic", "camera", "speaker", "hand", "leave"):
        expect(page.get_by_test_id(name)).to_be_in_viewport(ratio=1)
    assert page.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth")


def test_a_service_that_goes_away_is_said_and_found_again(school: SandboxSchool, window: Window) -> None:
    student = school.person()
    story = Story(school, student)
    page = story.enter(window(), student)
    page.context.set_offline(True)
    expect(page.locator("#notice")).to_contain_text("正在重试")
    page.context.set_offline(False)
    expect(page.locator("#notice")).to_be_hidden()
    expect(tile(page, student)).to_be_visible()


def test_the_page_of_knobs_arms_and_clears(school: SandboxSchool, window: Window) -> None:
    page = window()
    page.goto(f"{school.sandbox.url}/control/")
    page.select_option("#kind", "refuse")
    page.fill("#match", "class/list")
    page.get_by_test_id("arm").click()
    expect(page.get_by_test_id("armed")).to_contain_text("class/list")
    assert school.code("class/list") == -1
    page.select_option("#knob-paging", "page")
    page.fill("#knob-list_lag_s", "7")
    page.locator("#knob-list_lag_s").blur()
    page.get_by_test_id("clear").click()
    page.wait_for_load_state()
    expect(page.locator("#knob-list_lag_s")).to_have_value(re.compile(r"^7(\.0)?$"))
    assert school.sandbox.control("knobs")["values"]["paging"] == "page"


def test_a_missing_class_gets_a_page_that_says_so(school: SandboxSchool, window: Window) -> None:
    for path in (f"{school.app}/1/0", f"{school.app}/{2**70}/1"):
        answer = school.sandbox.web.get(f"{school.sandbox.url}/{path}", timeout=9)
        assert answer.status_code == 404
        assert "没有这个课堂" in answer.text
