"""Heavy libraries that few requests need: loaded when they are first used, so that a web process stays small.

xlsxwriter = Later("xlsxwriter")
xlsxwriter.Workbook(file)
"""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module; whoever asks it for something gets that of the module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
