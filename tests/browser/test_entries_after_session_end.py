"""A form that is sent after the session's end: what was typed stays on the page until somebody signs in."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, User
from tests.browser.test_session_end import shoot
from tests.support.browser import in_turn
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "croquet at half past four"


def end_sessions() -> None:
    UserSession.objects.all().delete()
    Session.objects.all().delete()


def sign_in(page: Any, person: User) -> None:
    """In another tab of this browser."""
    other = page.context.new_page()
    other.goto(f"{page.base}/sign-in/")
    other.locator("[name=username]").fill(person.login)
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("form:has([name=password]) button[type=submit]").first.click()
    expect(other.locator("#session-ends")).to_have_count(1)


@pytest.fixture
def dina(school: Enterprise) -> User:
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def people(alice: User, bob: User) -> list[User]:
    for person in (alice, bob):
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return [alice, bob]


@pytest.fixture
def page(window: Callable[..., Any], people: list[User], dina: User, request: Any) -> Any:
    """The form of a person, in which something was typed before the session ended."""
    size, language = getattr(request, "param", ("desk", "en"))
    page = window(people[0], size, language)
    page.clock.install()
    page.goto(f"{page.base}/people/{dina.pk}/edit/")
    page.locator("[name=nickname]").fill("Dina Liddell")
    end_sessions()
    page.clock.fast_forward("02:00")
    page.locator("form[data-guard] .form-buttons button[type=submit]").first.click()
    return page


@pytest.mark.parametrize("page", in_turn(1, [("desk", "en"), ("telephone", "zh-CN")]), indirect=True)
def test_entries_stay_and_are_saved_after_signing_in_in_another_tab(page: Any, dina: User) -> None:
    notice = page.locator("#session-ends [data-ends=kept]")
    link = notice.get_by_role("link")
    expect(link).to_have_attribute("target", "_blank")
    expect(page.locator("[name=nickname]")).to_have_value("Dina Liddell")
    shoot(page, f"kept-{page.viewport_size['width']}")
    sign_in(page, User.objects.get(user_id="alice"))
    page.locator("form[data-guard] .form-buttons button[type=submit]").first.click()
    page.wait_for_url(f"{page.base}/people/{dina.pk}/")
    assert User.objects.get(pk=dina.pk).nickname == "Dina Liddell"


def test_entries_of_one_person_are_not_sent_as_another(page: Any, people: list[User], dina: User) -> None:
    expect(page.locator("#session-ends [data-ends=kept]")).to_be_visible()
    sign_in(page, people[1])
    page.locator("form[data-guard] .form-buttons button[type=submit]").first.click()
    expect(page.locator("#session-ends [data-ends=other]")).to_be_visible()
    expect(page.locator("[name=nickname]")).to_have_value("Dina Liddell")
    assert User.objects.get(pk=dina.pk).nickname != "Dina Liddell"


@pytest.mark.parametrize("waited", ["00:00", "02:00"])
def test_a_form_of_an_open_session_is_sent(
    window: Callable[..., Any], people: list[User], dina: User, waited: str
) -> None:
    page = window(people[0])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto(f"{page.base}/people/{dina.pk}/edit/")
    page.locator("[name=nickname]").fill("Dina Liddell")
    page.clock.fast_forward(waited)
    page.locator("form[data-guard] .form-buttons button[type=submit]").first.click()
    page.wait_for_url(f"{page.base}/people/{dina.pk}/")
    assert User.objects.get(pk=dina.pk).nickname == "Dina Liddell"
    assert any("/account/session" in url for url in asked) == (waited != "00:00"), "asked without need"
