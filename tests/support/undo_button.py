"""The Undo button in the message after an act."""

import re
from html import unescape
from typing import Any

from django.test import Client


def ticket_on(client: Client, address: str) -> str:
    """The ticket of the button in the message on a page."""
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    form = re.search(r'<form class="act" method="post" action="/undo/" data-undo="10">.*?</form>', page)
    assert form
    ticket = re.search(r'name="ticket" value="([^"]+)"', form[0])
    assert ticket
    return unescape(ticket[1])


def press_undo(client: Client, address: str) -> tuple[Any, str]:
    """Press that button; the answer and the ticket."""
    ticket = ticket_on(client, address)
    answer = client.post("/undo/", {"ticket": ticket, "next": address}, headers={"accept-language": "en"})
    return answer, ticket
