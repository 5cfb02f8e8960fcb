"""Pagination of REST lists; a separate module, because DRF imports it before its views."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from console.inputs.bounds import parse_id
from console.policy.change_table import UPDATED_SINCE

BY_KEY = "-id"


class NewestFirstPagination(CursorPagination):
    """50 rows a page, newest first; `?page_size=` up to 200."""

    ordering: Any = BY_KEY
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Any:
        """Validate the position, which DRF passes to the database unchecked. NotFound if it is invalid."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            is_key = self.ordering == (BY_KEY,)
            position = str(cursor.position)
            if not (parse_id(position) if is_key else self.is_position(position)):
                raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> Any:
        """Order changes by the key, which no change moves to another page."""
        if UPDATED_SINCE in request.query_params:
            return (BY_KEY,)
        return super().get_ordering(request, queryset, view)

    def is_position(self, text: Any) -> bool:
        """Return whether this can be a value of the column by which the list is ordered."""
        return parse_id(text) is not None


class LinkedPagination(NewestFirstPagination):
    """A list without an envelope: the header `Link` has the address of the next page (RFC 8288)."""

    page_size = 100

    def get_paginated_response(self, data: Any) -> Response:
        following = self.get_next_link()
        return Response(data, headers={"Link": f'<{following}>; rel="next"'} if following else None)

    def get_paginated_response_schema(self, schema: Any) -> Any:
        return schema
