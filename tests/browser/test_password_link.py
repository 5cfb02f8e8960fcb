"""A password link in a browser: made in the list of people, opened on a telephone, used once."""

import os
import re
from typing import Any

import pytest

from accounts.models import Enterprise, Role, User
from tests.support.browser import collect_console_errors
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "铅笔与山羊与月亮的晚上"
DESK, TELEPHONE = 1280, 390


class Window:
    """A browser of its own; `check` says whether the page fits and the browser has nothing to complain of."""

    def __init__(self, browser: Any, width: int, language: str) -> None:
        self.width, self.language = width, language
        self.context = browser.new_context(viewport={"width": width, "height": 844}, locale=language)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        collect_console_errors(self.page, self.complaints)

    def check(self, name: str) -> None:
        self.page.wait_for_load_state()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name
        assert self.complaints == [], name
        self.shoot(name)

    def shoot(self, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            path = f"{folder}/{name}-{self.width}-{self.language}.png"
            self.page.screenshot(path=path, full_page=True)


@pytest.fixture
def students(school: Enterprise) -> list[User]:
    return [create_person(school, user_id, Role.STUDENT) for user_id in ("chen.wei", "li.na")]


def make_links(live_server: Any, browser: Any, client: Any, alice: User, width: int, language: str) -> str:
    """Let Alice print cards for all students; return the address on the first one."""
    desk = Window(browser, width, language)
    client.force_login(alice)
    value = client.cookies["sessionid"].value
    desk.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    desk.page.goto(f"{live_server.url}/people/?role=student")
    for box in desk.page.locator("input[name=chosen]").all():
        box.check()
    desk.page.locator("button[formaction*='/people/bulk/password/']").click()
    desk.check("question")
    desk.page.locator("main form button[type=submit]").click()
    desk.page.locator(".entry-card").first.wait_for()
    assert desk.page.locator(".entry-card img").count() == 2
    desk.check("cards")
    found = re.search(r"http\S+/password/\w+/", desk.page.locator(".entry-card").first.inner_text())
    assert found
    desk.page.goto(f"{live_server.url}/people/?role=student")
    desk.page.get_by_role("link", name="Chen.Wei").first.click()
    desk.check("person")
    desk.context.close()
    return found.group()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_student_sets_a_password_by_the_card_of_an_administrator(
    live_server: Any,
    browser: Any,
    client: Any,
    settings: Any,
    alice: User,
    students: list[User],
    language: str,
) -> None:
    settings.REQUIRE_TWO_FACTOR, settings.PUBLIC_URL = False, live_server.url
    settings.EMAIL_IS_SET_UP = True
    User.objects.filter(pk=students[0].pk).update(language="en" if language == "en" else "")
    address = make_links(
        live_server, browser, client, alice, DESK if language == "en" else TELEPHONE, language
    )
    phone = Window(browser, TELEPHONE, language)
    phone.page.goto(address)
    assert phone.page.url == f"{live_server.url}/password/"
    heading = phone.page.get_by_role("heading", level=1)
    assert heading.inner_text() == ("Set your password" if language == "en" else "设置密码")
    phone.check("form")
    phone.page.fill("[name=new_password1]", "12345678")
    phone.page.fill("[name=new_password2]", "12345678")
    phone.page.click("main button[type=submit]")
    phone.check("refused")
    phone.page.fill("[name=new_password1]", PASSWORD)
    phone.page.fill("[name=new_password2]", PASSWORD)
    phone.page.click("main button[type=submit]")
    phone.page.wait_for_url(f"{live_server.url}/")
    phone.check("home")
    students[0].refresh_from_db()
    assert students[0].check_password(PASSWORD)
    phone.page.goto(address)
    assert heading.inner_text() == ("This link does not work" if language == "en" else "链接无效")
    phone.shoot("late")
    phone.context.close()
