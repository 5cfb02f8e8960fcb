"""Pages as a person reads them: signed in, in a language, their text without the markup's escapes."""

from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from accounts.models import User

LANGUAGES = ("zh-hans", "en")


def client_for(person: User | None = None, language: str = "en", **more: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(headers={"accept-language": language}, **more)
    if person is not None:
        client.force_login(person)
    return client


def page_text(response: HttpResponse) -> str:
    """What the page says."""
    return unescape(response.content.decode())


def page_says(response: HttpResponse, sentence: str, language: str = "en") -> bool:
    """Whether the page says a sentence, named by its English words, in the language that it is read in."""
    with translation.override(language):
        return translation.gettext(sentence) in page_text(response)
