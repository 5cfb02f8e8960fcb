"""Lazy import of heavy libraries, so that a web process stays small.

xlsxwriter = LazyModule("xlsxwriter")
xlsxwriter.Workbook(file)
path("metrics", lazy_view("console.metrics.metrics"))
"""

from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string


class LazyModule:
    """A proxy of a module that is imported when an attribute is first accessed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


def lazy_view(name: str) -> Any:
    """Return a proxy of a view, a function or a class, whose module is imported at its first request."""

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        target: Any = import_string(name)
        is_class = isinstance(target, type)
        handler = target.as_view() if is_class else target
        response: HttpResponseBase = handler(request, *args, **kwargs)
        return response

    return view
