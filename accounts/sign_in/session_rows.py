"""What a list of sessions shows of each: browser, system, and how near its place is."""

from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from accounts.models import GuardianSession
from accounts.sign_in import devices, user_agents
from console.http.client_address import client_address


class SessionRow(NamedTuple):
    """A session of a user or of a guardian in the list."""

    row: UserSession | GuardianSession
    label: str
    icon: str
    place: str
    is_current: bool


def describe_session(row: UserSession | GuardianSession, request: HttpRequest) -> SessionRow:
    """Return what the list shows of a session to the reader at the browser of this request."""
    user_agent = row.user_agent
    return SessionRow(
        row,
        user_agents.describe_user_agent(user_agent),
        user_agents.user_agent_icon(user_agent),
        devices.describe_place(row.ip, client_address(request) or row.ip),
        row.session_key == request.session.session_key,
    )
