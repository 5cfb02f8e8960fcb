"""The settings of the school in a browser: sections are edited in their place, and nothing typed is lost."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, Role
from tests.support.browser import SEEN_AGAIN, refreshed
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_section_is_edited_in_its_place_and_a_refresh_leaves_a_refused_form(
    window: Any, school: Enterprise
) -> None:
    Enterprise.objects.filter(pk=school.pk).update(sync_state="sending")
    page = window(create_person(school, "quinn", Role.SUPERADMIN))
    page.goto(f"{page.base}/school/")
    form = page.locator("#edit-general form")
    page.locator("section:has(#general) [data-edit]").click()
    form.locator("[name=name]").fill("")
    form.locator("[name=contact_user]").fill("Queen")
    form.locator("[type=submit]").click()
    expect(form.locator(".error-summary")).to_be_visible()
    expect(form.locator("[name=name]")).to_have_attribute("aria-invalid", "true")

    page.locator("h1").click()
    with refreshed(page):
        Enterprise.objects.filter(pk=school.pk).update(sync_state="in_sync")
        page.evaluate(SEEN_AGAIN)
    expect(form.locator("[name=contact_user]")).to_have_value("Queen")

    form.locator("[name=name]").fill("Wonderland II")
    form.locator("[type=submit]").click()
    expect(page.locator("section:has(#general) dl")).to_contain_text("Wonderland II")
    school.refresh_from_db()
    assert (school.name, school.contact_user) == ("Wonderland II", "Queen")


def test_saving_one_section_asks_before_it_loses_what_was_typed_in_another(
    window: Any, school: Enterprise
) -> None:
    page = window(create_person(school, "quinn", Role.SUPERADMIN))
    page.goto(f"{page.base}/school/")
    rules, general = page.locator("#edit-rules form"), page.locator("#edit-general form")
    page.locator("section:has(#rules) [data-edit]").click()
    share = rules.locator("[name=present_share]")
    share.fill("71")
    page.locator("section:has(#general) [data-edit]").click()
    general.locator("[name=contact_user]").fill("Queen")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    with page.expect_event("dialog"):
        general.locator("[type=submit]").click()

    assert asked == ["beforeunload"]
    expect(share).to_have_value("71")
    school.refresh_from_db()
    assert school.contact_user == "Queen"
