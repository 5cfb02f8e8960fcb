"""The trail, an entry, who has seen personal data, the evidence of a year: at a desk and on a telephone."""

import os
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from accounts.people.services import deactivate_person, edit_person, record_reveal
from console.audit import chain as chains
from console.audit.models import AuditEntry
from console.audit.trail import record_data_access
from tests.support.browser import collect_console_errors, looks
from tests.support.cast import create_person

SIZES = {"desk": (1280, 800), "telephone": (390, 844)}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "language"), looks(SIZES, ["zh-CN", "en"]))
def test_it_can_be_read_and_searched(
    live_server: Any, browser: Any, alice: User, bob: User, size: str, language: str
) -> None:
    sue = create_person(alice.enterprise, "sue", Role.SUPERADMIN)
    edit_person(person=bob, by=alice, nickname="Robert", phone_no="13812345678", e_mail="rob@school.example")
    record_reveal(person=bob, by=alice, names=["phone_no"], reason="called the parents about the trip")
    record_data_access("person.reveal_token", [bob], ["user_token"], by=sue, reason="printed the card again")
    chains.link_waiting_entries()
    deactivate_person(person=bob, by=sue, reason="left the school")
    client = Client()
    client.force_login(sue)
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page, complaints = context.new_page(), []
    collect_console_errors(page, complaints)

    def seen(name: str, address: str) -> None:
        page.goto(f"{live_server.url}/audit/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert complaints == [], name
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{size}-{language}.png", full_page=True)

    seen("trail", "")
    assert page.locator("tbody tr").count() >= 4
    page.locator("#list-q").fill("called nobody")
    page.wait_for_url("**q=called*")
    page.locator(".nothing").wait_for()
    seen("entry", f"{AuditEntry.objects.get(action='person.change').pk}/")
    assert "13812345678" not in page.content()
    seen("looks", f"personal-data/?person={bob.pk}")
    assert page.locator("tbody tr").count() == 2
    seen("evidence", "evidence/")
    with page.expect_download() as saved:
        page.locator("main form button[type=submit]").click()
    assert saved.value.suggested_filename.endswith(".zip")
    context.close()
