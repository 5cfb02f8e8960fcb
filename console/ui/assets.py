"""Static files from npm packages, the icons of Tabler, and QR codes.

No third-party files are committed: `make install` fills `node_modules/`, and this module lists the files that
are served. Other files of the packages are not.
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

from console.lazy_import import LazyModule

segno = LazyModule("segno")
NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"


@dataclass(frozen=True)
class Package:
    """Files of one package: `folder` below node_modules, served under `prefix`."""

    prefix: str
    folder: str
    files: tuple[str, ...]


PACKAGES = (
    # Users do not need the source map, but the style sheet names it, so hashed file names require it.
    Package("vendor/tabler", "@tabler/core/dist", ("css/tabler.min.css", "css/tabler.min.css.map")),
    Package(
        "vendor/event-calendar",
        "@event-calendar/build/dist",
        ("event-calendar.min.js", "event-calendar.min.js.map", "event-calendar.min.css"),
    ),
    Package("vendor/spark-md5", "spark-md5", ("spark-md5.min.js",)),
)


class NodeModulesFinder(BaseFinder):
    """A static files finder for `PACKAGES`."""

    def __init__(self, app_names: Any = None, *args: Any, root: Path = NODE_MODULES, **kwargs: Any) -> None:
        self.root = root
        self.storages = [(package, self._storage(package)) for package in PACKAGES]
        super().__init__(*args, **kwargs)

    def _storage(self, package: Package) -> FileSystemStorage:
        storage = FileSystemStorage(location=self.root / package.folder)
        storage.prefix = package.prefix  # type: ignore[attr-defined]  # read by collectstatic
        return storage

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Warn instead of failing: a worker that serves no pages needs none of these files."""
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


_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_EMPTY_BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


@cache
def icon_svg_body(name: str, kind: str = "outline") -> str:
    """Return the content of the `<svg>` of the Tabler icon `name` (24 × 24).

    Empty if the package is not installed: icons only accompany text, so pages work without them. An unknown
    name raises FileNotFoundError.
    """
    folder = NODE_MODULES / "@tabler" / "icons" / "icons" / kind
    if not folder.is_dir():
        return ""
    found = _SVG_BODY.search((folder / f"{name}.svg").read_text(encoding="utf-8"))
    shape = found.group(1) if found else ""
    return " ".join(shape.replace(_EMPTY_BOX, "").split())


def qr_picture(text: str, *, scale: int = 5, border: int = 4) -> str:
    """Return the text as a QR code: a data URI of an SVG image."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=scale, border=border, dark="#000", light="#fff"))
