from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from console.policy.rules import current_school


class SchoolZone:
    """Times of a page are told in the zone of the school that the session sees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        school = current_school(request)
        with timezone.override(school.zone if school else None):
            return self.get_response(request)
