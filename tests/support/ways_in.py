"""Every way in that a person may have open at one moment, besides a password and passkeys."""

from allauth.usersessions.models import UserSession

from accounts.models import PasswordRequest, User
from accounts.sign_in import password_links
from classes.models import Feed
from classes.notifications.calendar_feeds.tokens import create_feed
from console.policy.models import ApiToken
from console.policy.tokens import issue_token
from tests.support.page_client import client_for

WAYS_IN = {"session", "token", "link", "request", "feed"}


def open_all_ways_in(person: User, by: User) -> None:
    """Sign the person in, and give them a REST token, a password link, a request for one and a feed."""
    stored = User.objects.get(pk=person.pk)
    key = client_for(stored).session.session_key
    UserSession.objects.create(user=stored, session_key=key, ip="127.0.0.1", user_agent="Chrome")
    issue_token(stored)
    password_links.issue_link(person=stored, by=by, delivery=password_links.Delivery.CARD)
    PasswordRequest.objects.create(enterprise=stored.enterprise, person=stored)
    create_feed(by=stored)
    assert ways_in(person) == WAYS_IN


def ways_in(person: User) -> set[str]:
    rows = {
        "session": UserSession.objects.filter(user=person),
        "token": ApiToken.objects.filter(user=person),
        "link": password_links.unused_links(person),
        "request": PasswordRequest.objects.filter(person=person),
        "feed": Feed.objects.filter(person=person),
    }
    return {name for name, found in rows.items() if found.exists()}
