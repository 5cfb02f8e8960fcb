"""The digest of a file that the page of uploads makes before it sends one: the same as the server's."""

import hashlib
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from accounts.models import Enterprise, Role
from tests.browser.test_courseware_and_recordings import Window
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PIECE = 4 * 1024 * 1024
DIGEST = """async ([module, length]) => {
  const { md5 } = await import(module);
  const bytes = Uint8Array.from({ length }, (_, n) => n % 251);
  return md5(new Blob([bytes]), new AbortController().signal);
}"""
ABORTED = """async (module) => {
  const { md5 } = await import(module);
  return md5(new Blob(["a"]), AbortSignal.abort()).catch((error) => error.name);
}"""


def test_the_digest_of_a_file_is_md5_whatever_its_length(
    live_server: Any, browser: Browser, client: Client, connected: Enterprise, settings: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    bob = create_person(connected, "bob", Role.TEACHER)
    page = Window(browser, client, bob, live_server.url, "desk", "en").page
    page.goto(f"{live_server.url}/courseware/new/")
    module = f"{live_server.url}/static/js/md5.js"
    for length in (0, 1, 55, 56, 64, PIECE - 1, PIECE, PIECE + 1):
        content = (bytes(range(251)) * (length // 251 + 1))[:length]
        expected = hashlib.md5(content, usedforsecurity=False).hexdigest()
        assert page.evaluate(DIGEST, [module, length]) == expected
    assert page.evaluate(ABORTED, module) == "AbortError"
