from collections.abc import Callable

import psycopg
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from console.policy import scope
from console.policy.rules import current_school


class SchoolScope:
    """Whoever signed in reads and writes as the role of the web, in their school, until the answer ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with scope.standing_as(request.user):
            response = self.get_response(request)
            there = scope.current_standing()  # a REST token stands somewhere only in the view
        if response.streaming and there is not None:
            response.streaming_content = scope.body(response.streaming_content, there)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            error.add_note("Is the table named in console/policy/rows/whose.py?")


class SchoolZone:
    """Times of a page are told in the zone of the school that the session sees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        school = current_school(request)
        with timezone.override(school.zone if school else None):
            return self.get_response(request)
