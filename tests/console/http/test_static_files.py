"""A process serves static files that were collected after it started."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from console.http.static_files import VersionedStaticFilesMiddleware

# The end of an answer closes old connections of the database.
pytestmark = pytest.mark.django_db
KNOWN, ADDED = "js/known.0123456789ab.js", "js/added.ba9876543210.js"


@pytest.fixture
def middleware(settings: Any, tmp_path: Path) -> VersionedStaticFilesMiddleware:
    """As of a process that started when there was one file."""
    settings.STATIC_ROOT, settings.WHITENOISE_AUTOREFRESH = tmp_path / "collected", False
    settings.WHITENOISE_USE_FINDERS = False
    write(settings, KNOWN)
    return VersionedStaticFilesMiddleware(not_found)


def not_found(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


def write(settings: Any, name: str) -> Path:
    path = Path(settings.STATIC_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
    return path


def ask(middleware: VersionedStaticFilesMiddleware, path: str) -> Any:
    return middleware(RequestFactory().get(path))


@pytest.mark.parametrize("name", [KNOWN, ADDED])
def test_a_file_with_a_digest_is_served_whenever_it_was_added(
    name: str, middleware: VersionedStaticFilesMiddleware, settings: Any
) -> None:
    write(settings, name)

    answer = ask(middleware, f"/static/{name}")

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).decode() == name
    answer.close()
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer["Content-Type"].startswith("text/javascript")


def test_a_file_without_a_digest_that_was_added_is_not(
    middleware: VersionedStaticFilesMiddleware, settings: Any
) -> None:
    write(settings, "js/plain.js")
    assert ask(middleware, "/static/js/plain.js").status_code == 404


def test_a_file_that_was_removed_is_not_found(
    middleware: VersionedStaticFilesMiddleware, settings: Any
) -> None:
    write(settings, KNOWN).unlink()
    assert ask(middleware, f"/static/{KNOWN}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.0123456789ab.txt",
        "/static/js/../../secret.0123456789ab.txt",
        "/static//etc/passwd.0123456789ab.txt",
        "/static/js\\..\\secret.0123456789ab.txt",
        "/secret.0123456789ab.txt",
        "/static/none.0123456789ab.js",
        "/static/js.0123456789ab.d/",
    ],
)
def test_nothing_outside_the_folder_is_served(
    path: str, middleware: VersionedStaticFilesMiddleware, tmp_path: Path
) -> None:
    (tmp_path / "secret.0123456789ab.txt").write_text("secret")
    (tmp_path / "collected/js.0123456789ab.d").mkdir()
    assert ask(middleware, path).status_code == 404


def test_a_folder_with_such_a_name_is_not_served(
    middleware: VersionedStaticFilesMiddleware, tmp_path: Path
) -> None:
    (tmp_path / "collected/js.0123456789ab.d").mkdir()
    assert ask(middleware, "/static/js.0123456789ab.d").status_code == 404
