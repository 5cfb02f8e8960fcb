"""Heavy libraries that few requests need: loaded when they are first used, so that a web process stays small.

xlsxwriter = Later("xlsxwriter")
xlsxwriter.Workbook(file)
path("metrics", later_view("console.metrics.metrics"))
"""

from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string


class Later:
    """Stands for a module; whoever asks it for something gets that of the module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


def later_view(name: str) -> Any:
    """A view by its name, a function or a class, whose module is loaded with the first request for it."""

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = import_string(name)
        asked = found.as_view() if isinstance(found, type) else found
        answer: HttpResponseBase = asked(request, *args, **kwargs)
        return answer

    return view
