"""Static files of several versions beside each other, each page with its own."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from console.ui.static_storage import KEEP_DAYS, VersionedStaticFilesStorage

DAY_S = 86_400
SOURCES = {
    "css/app.css": 'body { background: url("../img/mark.svg") }',
    "js/form.js": 'import { md5 } from "./md5.js";\n/** @type {import("../htmx").Api} */',
    "js/md5.js": "export const md5 = 1;",
    "img/mark.svg": "<svg/>",
}


@pytest.fixture
def version(settings: Any, tmp_path: Path) -> Callable[..., VersionedStaticFilesStorage]:
    """Change the sources: `version({"js/md5.js": "…"})`; the storage of a process that starts then."""
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    (tmp_path / "collected").mkdir()

    def change(sources: dict[str, str]) -> VersionedStaticFilesStorage:
        for name, text in (SOURCES | sources).items():
            (tmp_path / "sources" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "sources" / name).write_text(text)
        return VersionedStaticFilesStorage(location=tmp_path / "collected")

    return change


def collect(storage: VersionedStaticFilesStorage) -> VersionedStaticFilesStorage:
    """As `collectstatic` does it."""
    found = {}
    for finder in finders.get_finders():
        for path, source in finder.list([]):
            found[path] = (source, path)
            storage.delete(path)
            with source.open(path) as file:
                storage.save(path, file)
    failed = [error for _, _, error in storage.post_process(found) if isinstance(error, Exception)]
    assert not failed
    return storage


def text_of(storage: VersionedStaticFilesStorage, url: str) -> str:
    return Path(storage.path(url.removeprefix("/static/"))).read_text()


def superseded(storage: VersionedStaticFilesStorage, days: float) -> None:
    """As if all that was collected had been collected so long ago."""
    for path in Path(storage.location).glob("*.json"):
        told = path.stat().st_mtime - days * DAY_S
        os.utime(path, (told, told))


def test_names_have_a_digest_once_files_are_collected(version: Callable[..., Any]) -> None:
    storage = version({})
    assert storage.url("js/md5.js") == "/static/js/md5.js"

    collect(storage)

    assert re.fullmatch(r"/static/js/md5\.[0-9a-f]{12}\.js", storage.url("js/md5.js"))
    assert storage.url("js/md5.js").rpartition("/")[2] in text_of(storage, storage.url("js/form.js"))
    assert storage.url("img/mark.svg").rpartition("/")[2] in text_of(storage, storage.url("css/app.css"))


def test_types_in_a_comment_are_no_files(version: Callable[..., Any]) -> None:
    storage = collect(version({}))
    assert 'import("../htmx")' in text_of(storage, storage.url("js/form.js"))


def test_a_version_keeps_its_names_after_the_next_one_is_collected(version: Callable[..., Any]) -> None:
    former = collect(version({})).url("js/form.js")
    following = collect(version({"js/md5.js": "export const md5 = 2;"})).url("js/form.js")

    # A process of the former version that starts now, as after a crash.
    again = version({})

    assert former != following
    assert again.url("js/form.js") == former
    assert text_of(again, former) != text_of(again, following)


def test_a_file_that_both_versions_have_is_never_away(version: Callable[..., Any]) -> None:
    storage = collect(version({}))
    path = storage.path(storage.url("css/app.css").removeprefix("/static/"))
    before = os.stat(path)

    collect(version({"js/md5.js": "export const md5 = 2;"}))

    assert (os.stat(path).st_ino, os.stat(path).st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_was_changed_and_not_collected_has_its_plain_name(version: Callable[..., Any]) -> None:
    collect(version({}))
    assert version({"css/app.css": "body {}"}).url("css/app.css") == "/static/css/app.css"


def test_files_of_a_version_stay_for_days_after_the_next_one(version: Callable[..., Any]) -> None:
    first = collect(version({}))
    oldest, shared = first.url("js/md5.js"), first.url("img/mark.svg")
    superseded(first, 300)
    second = collect(version({"js/md5.js": "2"}))
    former = second.url("js/md5.js")
    # However old the first is, it was in use until now.
    assert text_of(first, oldest) == SOURCES["js/md5.js"]

    superseded(first, KEEP_DAYS - 1)
    collect(version({"js/md5.js": "3"}))
    assert text_of(first, oldest) == SOURCES["js/md5.js"]

    superseded(first, 2)
    collect(version({"js/md5.js": "4"}))
    assert not Path(first.path(oldest.removeprefix("/static/"))).exists()
    assert text_of(second, former) == "2"
    assert text_of(first, shared) == SOURCES["img/mark.svg"]
    assert len(list(Path(first.location).glob("*.json"))) == 3


def test_a_file_that_was_written_in_part_is_written_again(version: Callable[..., Any]) -> None:
    storage = collect(version({}))
    for name in ("js/md5.js", "js/form.js"):
        path = Path(storage.path(storage.url(name).removeprefix("/static/")))
        whole = path.read_text()
        path.write_text(whole[:5])
        collect(version({}))
        assert path.read_text() == whole


def test_collecting_again_changes_nothing(version: Callable[..., Any]) -> None:
    storage = collect(version({}))
    before = {path for path in Path(storage.location).rglob("*") if path.is_file()}
    time.sleep(0.01)

    collect(version({}))

    assert {path for path in Path(storage.location).rglob("*") if path.is_file()} == before
