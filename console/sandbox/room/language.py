"""Language of the pages: Chinese until a user chooses English; Accept-Language is ignored."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

COOKIE = "sandbox_language"


def chosen_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware."""
    known = dict(settings.LANGUAGES)

    def answer(request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("lang") or request.COOKIES.get(COOKIE, "")
        with translation.override(wanted if wanted in known else settings.LANGUAGE_CODE):
            return get_response(request)

    return answer
