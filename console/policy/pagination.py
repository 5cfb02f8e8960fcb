"""Pagination of REST lists; a separate module, because DRF imports it before its views."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from console.inputs.bounds import parse_id


class NewestFirstPagination(CursorPagination):
    """50 rows a page, newest first; `?page_size=` up to 200."""

    ordering: Any = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Any:
        """Validate the position, which DRF passes to the database unchecked. NotFound if it is invalid."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not self.is_position(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def is_position(self, text: Any) -> bool:
        """Return whether this can be a value of the column by which the list is ordered."""
        return parse_id(text) is not None
