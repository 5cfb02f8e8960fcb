"""A OneRoster zip and a OneRoster service in a browser: every page fits its screen, in both languages.

`SHOTS=folder` keeps a picture of each page.
"""

import os
from typing import Any

import pytest

from accounts.imports.one_roster.service.settings import save_connection
from accounts.models import PeopleImport, User
from console.vault.secret import Secret
from tests.accounts.imports.one_roster.roster_files import school as records_of_a_school
from tests.accounts.imports.one_roster.roster_files import zip_of
from tests.browser.timetable_pages import SIZES
from tests.support.browser import in_turn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

SHOTS = os.environ.get("SHOTS", "")


class Look:
    """A page in one size and language."""

    def __init__(self, page: Any, size: str, language: str) -> None:
        self.page, self.size, self.language = page, size, language

    def seen(self, name: str) -> None:
        self.page.wait_for_load_state()
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[self.size][0], name
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}-{self.size}-{self.language}.png", full_page=True)

    def open(self, path: str, name: str) -> None:
        self.page.goto(f"{self.page.base}{path}")
        self.seen(name)

    def press(self, name: str) -> None:
        self.page.locator("main form .form-buttons button[type=submit]").last.click()
        self.seen(name)


@pytest.mark.parametrize(("size", "language"), in_turn(0, [("desk", "en"), ("telephone", "zh-CN")]))
def test_from_the_zip_to_the_undo(alice: User, window: Any, tmp_path: Any, size: str, language: str) -> None:
    records = records_of_a_school()
    records["enrollments.csv"][0]["userSourcedId"] = "u-nobody"
    file = tmp_path / "roster.zip"
    file.write_bytes(zip_of(records).getvalue())
    look = Look(window(alice, size, language), size, language)
    look.open("/people/roster-imports/new/", "roster-upload")
    look.page.set_input_files("input[type=file]", str(file))
    look.press("roster-options")
    look.press("roster-preview")
    source = PeopleImport.objects.get()
    for show in ("groups", "terms", "lines"):
        look.open(f"/people/roster-imports/{source.pk}/?show={show}", f"roster-{show}")
    look.page.locator(f"form[action='/people/roster-imports/{source.pk}/apply/'] button").click()
    look.seen("roster-applied")
    source.refresh_from_db()
    assert source.state == "applied"
    look.open("/people/roster-imports/", "roster-list")


@pytest.mark.parametrize(("size", "language"), in_turn(1, [("desk", "en"), ("telephone", "zh-CN")]))
def test_the_service_of_a_school(alice: User, window: Any, size: str, language: str) -> None:
    look = Look(window(alice, size, language), size, language)
    look.open("/people/roster-service/", "service-none")
    look.open("/people/roster-service/edit/", "service-edit")
    assert alice.enterprise is not None
    save_connection(
        school=alice.enterprise,
        by=alice,
        version="1.2",
        url="https://sis.school.example/ims/oneroster/rostering/v1p2",
        token_url="https://sis.school.example/oauth2/token",
        client_id="console",
        client_secret=Secret("very secret"),
        is_nightly=True,
        max_change=5,
    )
    look.open("/people/roster-service/", "service-page")
    look.open("/people/roster-service/delete/", "service-delete")
