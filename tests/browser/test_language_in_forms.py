"""The other language in the middle of a form: what was typed is there, and nothing of it stays behind."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, User
from classes.models import Lesson
from tests.browser.timetable_pages import moment_of_next_week
from tests.classes.factories import create_students

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def change_language(page: Any, code: str) -> None:
    page.locator("form[data-keeps-entries] button").click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator("form[data-keeps-entries] [name=entries]")).to_have_count(0)


def test_the_form_of_a_person_is_kept_without_the_password(window: Callable[..., Any], alice: User) -> None:
    page = window(alice)
    page.goto(f"{page.base}/people/new/")
    page.locator("[name=user_id]").fill("hatter")
    page.locator("[name=nickname]").fill("Mad Hatter")
    page.locator("[name=role]").select_option("teacher")
    page.locator("[name=password]").fill("all-the-kings-horses")
    change_language(page, "zh-hans")
    kept = {"user_id": "hatter", "nickname": "Mad Hatter", "role": "teacher", "password": ""}
    for name, value in kept.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    page.locator("main .form-buttons button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mad Hatter")
    assert User.objects.get(user_id="hatter").role == "teacher"


def test_the_form_of_a_lesson_keeps_its_people_also_after_an_error(
    window: Callable[..., Any], alice: User, bob: User, school: Enterprise
) -> None:
    create_students(school, 3, "Year 7")
    page = window(alice)
    page.goto(f"{page.base}/lessons/new/")
    page.locator("[name=teacher]").select_option("bob")
    page.locator("[name=day]").fill(moment_of_next_week(10).date().isoformat())
    page.locator("[name=groups]").press("Space")
    page.locator("[name=students][value=kid2]").uncheck()
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Enter a topic.")
    page.locator("[name=topic]").fill("Croquet")
    change_language(page, "zh-hans")
    expect(page.locator("[name=topic]")).to_have_value("Croquet")
    change_language(page, "en")
    for user_id, ticked in {"kid1": True, "kid2": False, "kid3": True}.items():
        expect(page.locator(f"[name=students][value={user_id}]")).to_be_checked(checked=ticked)
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_text("“Croquet” has been scheduled.").wait_for()
    members = Lesson.objects.get().members.filter(role="student")
    assert set(members.values_list("user__user_id", flat=True)) == {"kid1", "kid3"}


def test_dates_that_were_moved_and_dropped_in_a_plan_are_kept(
    window: Callable[..., Any], alice: User, bob: User
) -> None:
    page = window(alice, "telephone", "zh-CN")
    page.goto(f"{page.base}/courses/new/")
    page.locator("[name=topic]").fill("Croquet")
    page.locator("[name=teacher]").select_option("bob")
    page.locator("[name=day]").fill(moment_of_next_week(10).date().isoformat())
    page.locator("[name=count]").fill("3")
    page.locator("[name=start]").fill("10:00")
    # The last change: no request for the dates that would replace them under a click comes after these.
    page.locator("[name=end]").fill("11:00")
    expect(page.locator("#plan .plan-dates li")).to_have_count(3)
    page.locator("#plan [name=open]").nth(1).click()
    page.locator("#plan [name=drop]").click()
    dropped = page.locator("#plan [name=dropped]")
    expect(dropped).to_have_count(1)
    day = dropped.input_value()
    change_language(page, "en")
    expect(page.locator(f"#plan [name=restore][value='{day}']")).to_be_visible()
    expect(dropped).to_have_count(1)


def test_a_change_by_somebody_else_is_noticed_after_the_language_changed(
    window: Callable[..., Any], alice: User, bob: User
) -> None:
    page = window(alice)
    page.goto(f"{page.base}/people/{bob.pk}/edit/")
    page.locator("[name=nickname]").fill("Robert")
    User.objects.filter(pk=bob.pk).update(nickname="Bobby")
    change_language(page, "zh-hans")
    expect(page.locator("[name=nickname]")).to_have_value("Robert")
    page.locator("main .form-buttons button[type=submit]").click()
    expect(page.locator(".error-summary")).to_contain_text("Bobby")
    assert User.objects.get(pk=bob.pk).nickname == "Bobby"
