"""The language of a page that somebody opens by a link in a message, without signing in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation


def answer_in_language_of(
    person: Any, request: HttpRequest, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Return the drawn answer in the language of `person`, unless the browser has chosen one.

    The cookie of that choice goes first: who has just chosen a language must not fall back to the stored one.
    The page is drawn before this returns, so that a caller may set for whom the database answers meanwhile.
    """
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(person.language or settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
    response = answer()
    if hasattr(response, "render"):
        response.render()
    return response
