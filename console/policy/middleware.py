from collections.abc import Callable
from typing import Any

import psycopg
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from console.policy import database_scope
from console.policy.row_security.database_role import REMEDY, web_role
from console.policy.rules import current_school

#: What a table or a role answers that a request may not use.
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)


class SchoolScopeMiddleware:
    """Run the request of a signed-in user as the web role, in their school, until the response ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with database_scope.use_scope_of(request.user):
            response = self.get_response(request)
            scope = database_scope.current_scope()  # a REST token opens its scope only in the view
        # The server reads a file without querying the database, so it needs no scope.
        is_file = getattr(response, "file_to_stream", None) is not None
        if response.streaming and not is_file and scope is not None:
            streaming: Any = response
            streaming.streaming_content = database_scope.scoped_stream(streaming.streaming_content, scope)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        if not isinstance(error.__cause__, REFUSED):
            return
        # The role is a setting of the server (guc.c); a table is refused elsewhere.
        if error.__cause__.diag.source_file == "guc.c":
            error.add_note(f"Requests cannot take on the database role {web_role()}. {REMEDY}")
        else:
            error.add_note("Is the table registered in console.policy.row_security.row_policies?")


class SchoolTimeZoneMiddleware:
    """Show times in the time zone of the session's school."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        school = current_school(request)
        with timezone.override(school.zone if school else None):
            return self.get_response(request)
