"""The pages of REST lists; a module of its own, for DRF loads it before its views."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """50 rows a page, newest first; `?page_size=` up to 200."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
