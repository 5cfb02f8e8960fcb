"""Serves the few browser files that we take from npm packages, and reads their icons.

Nothing of third parties is committed: `make install` fills `node_modules/`, this module names the
files that reach the browser. A file that is not named here is not served.
"""

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, overload

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core import checks
from django.core.files.storage import FileSystemStorage

NODE_MODULES = Path(__file__).resolve().parent.parent / "node_modules"


@dataclass(frozen=True)
class Package:
    """Files of one package: `folder` below node_modules, served below `prefix`."""

    prefix: str
    folder: str
    files: tuple[str, ...]


PACKAGES = (
    # The map is no help to users, but the style sheet names it and a manifest of hashed names wants it.
    Package("vendor/tabler", "@tabler/core/dist", ("css/tabler.min.css", "css/tabler.min.css.map")),
    Package(
        "vendor/event-calendar",
        "@event-calendar/build/dist",
        ("event-calendar.min.js", "event-calendar.min.js.map", "event-calendar.min.css"),
    ),
)


class NodeModulesFinder(BaseFinder):
    """A static-files finder over `PACKAGES`."""

    def __init__(self, app_names: Any = None, *args: Any, root: Path = NODE_MODULES, **kwargs: Any) -> None:
        self.root = root
        self.storages = [(package, self._storage(package)) for package in PACKAGES]
        super().__init__(*args, **kwargs)

    def _storage(self, package: Package) -> FileSystemStorage:
        storage = FileSystemStorage(location=self.root / package.folder)
        storage.prefix = package.prefix  # type: ignore[attr-defined]  # read by collectstatic
        return storage

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Warns rather than fails: a worker that serves no page needs none of these files."""
        missing = [file for _, file in self._paths() if not file.is_file()]
        if not missing:
            return []
        return [
            checks.Warning(
                f"{len(missing)} files of the pages are missing, for example {missing[0]}.",
                hint="Run `make install`, which fills node_modules.",
                id="console.W001",
            )
        ]

    @overload
    def find(self, path: str, find_all: Literal[False] = ...) -> str | None: ...
    @overload
    def find(self, path: str, find_all: Literal[True]) -> builtins.list[str]: ...
    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | builtins.list[str] | None:
        for served, file in self._paths():
            if served == path and file.is_file():
                return [str(file)] if find_all else str(file)
        return [] if find_all else None

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for package, storage in self.storages:
            for name in package.files:
                if storage.exists(name) and not matches_patterns(name, ignore_patterns or []):
                    yield name, storage

    def _paths(self) -> Iterator[tuple[str, Path]]:
        for package in PACKAGES:
            for name in package.files:
                yield f"{package.prefix}/{name}", self.root / package.folder / name


_SHAPE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_EMPTY_BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


@cache
def icon_shape(name: str, kind: str = "outline") -> str:
    """The drawing inside the Tabler icon `name` (24 × 24), without its `<svg>`.

    Where no package is installed the answer is empty: every icon stands beside its word, so a page
    without icons still works. An unknown name raises FileNotFoundError.
    """
    folder = NODE_MODULES / "@tabler" / "icons" / "icons" / kind
    if not folder.is_dir():
        return ""
    found = _SHAPE.search((folder / f"{name}.svg").read_text(encoding="utf-8"))
    shape = found.group(1) if found else ""
    return " ".join(shape.replace(_EMPTY_BOX, "").split())
