"""The Undo button in the message after an act."""

import re
from html import unescape
from typing import Any

from django.test import Client


def ticket_on(client: Client, address: str, undo: str = "/undo/") -> str:
    """The ticket of the button in the message on a page; `undo` is where it is sent."""
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    form = re.search(rf'<form class="act" method="post" action="{undo}" data-undo="10">.*?</form>', page)
    assert form
    ticket = re.search(r'name="ticket" value="([^"]+)"', form[0])
    assert ticket
    return unescape(ticket[1])


def press_undo(client: Client, address: str, undo: str = "/undo/") -> tuple[Any, str]:
    """Press that button; the answer and the ticket."""
    ticket = ticket_on(client, address, undo)
    answer = client.post(undo, {"ticket": ticket, "next": address}, headers={"accept-language": "en"})
    return answer, ticket
