"""The steps of a sign-in with a provider, as a browser takes them."""

from django.http import HttpResponse
from django.test import Client

from accounts.models import IdentityProvider
from tests.accounts.school.identity.oidc_provider import OidcProvider
from tests.support.page_client import client_for, page_says

UNKNOWN = (
    "Single sign-on worked, but there is no matching login in the console. Ask your school administrator."
)
FAILED = "Single sign-on failed. Try again. If it keeps failing, sign in with your password."
LINKED = (
    "Your console login belongs to another account of this provider. "
    "Ask your school administrator to unlink it."
)
NO_ROLE = "Single sign-on worked, but no rule of your school gives you a role. Ask your school administrator."


def start_url(row: IdentityProvider) -> str:
    return f"/sign-in/with/{row.slug}/"


def sign_in_with(
    provider: OidcProvider, row: IdentityProvider, client: Client, next: str = ""
) -> HttpResponse:
    """Off to the provider and back."""
    way = client.get(start_url(row), {"next": next} if next else {})["Location"]
    assert way.startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.callback_url_after_login(way))


def is_refused(provider: OidcProvider, row: IdentityProvider, words: str, language: str = "en") -> bool:
    """Whether one comes back to the door, is told these words, and is not in."""
    client = client_for(language=language)
    answer = sign_in_with(provider, row, client)
    door = client.get(answer["Location"])
    outside = client.get("/people/").status_code == 302
    return answer["Location"] == "/sign-in/" and page_says(door, words, language) and outside
