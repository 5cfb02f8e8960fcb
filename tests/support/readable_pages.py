"""Every page of the console with the first of its readers, for tests that look at them all in a browser."""

from typing import Any

from django.test import Client

from tests.security.addresses import AREAS, Address
from tests.security.expected import Expected
from tests.security.sample_school import SampleSchool
from tests.security.test_matrix import may

READERS = ("admin", "superadmin", "teacher", "student", "operator", "anonymous")


def readable_pages(
    world: SampleSchool, *areas: str, part: slice = slice(None)
) -> list[tuple[Address, str, str]]:
    """The pages of these areas that somebody may read: the address, the first who may, its Chinese text.

    With `part`, those among these addresses.
    """
    named = [(one, first_reader(one, world)) for area in areas for one in AREAS[area][part]]
    read = [(one, reader, page_text(one, world, reader)) for one, reader in named if reader]
    return [(one, reader, page) for one, reader, page in read if page]


def first_reader(address: Address, world: SampleSchool) -> str:
    """The first who may read the page; empty where nobody may."""
    expected = address.expected("GET") or Expected(who="nobody")
    return next((one for one in READERS if may(one, expected, world)), "")


def page_text(address: Address, world: SampleSchool, reader: str) -> str:
    """The page; empty for a file, a redirect and what only takes forms."""
    client = Client(raise_request_exception=False)
    if world.people[reader] is not None:
        client.force_login(world.people[reader])
    response = client.get(address.path(world))
    if response.streaming:
        list(response.streaming_content)
    is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
    return response.content.decode() if is_page else ""


def session_cookies(world: SampleSchool, reader: str, url: str) -> list[Any]:
    """The cookie with which a browser is signed in as this reader; none for a stranger."""
    if world.people[reader] is None:
        return []
    client = Client()
    client.force_login(world.people[reader])
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]
