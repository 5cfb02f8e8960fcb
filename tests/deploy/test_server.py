"""The examples for a server: units and nginx as their own programs judge them, where those are installed."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver

from console.http.admission import UPLOAD_PATH
from console.run import GRANIAN_ARGUMENTS
from tests.support import nginx
from tests.support.environment import ROOT

UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
NGINX = (ROOT / "deploy/nginx/iclass-console.conf").read_text()
#: What is served over HTTPS; the other server leads there.
SECURE = NGINX[NGINX.index("listen 443") :]
LOCATION = re.compile(r"^    location (?:(=|\^~|~) )?(\S+) \{\n(.*?)^    \}", re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text().replace("/opt/iclass-console/.venv/bin/python", sys.executable)
    (tmp_path / unit.name).write_text(re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.MULTILINE))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_leaves_little_to_whoever_takes_it_over(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
    )
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= 3.0


@pytest.mark.skipif(bool(nginx.why_nginx_is_missing()), reason=nginx.why_nginx_is_missing())
def test_nginx_takes_its_example(tmp_path: Path) -> None:
    nginx.make_certificate(tmp_path)
    site = NGINX.replace("/etc/ssl/console.school.example", str(tmp_path))
    path = nginx.configuration(tmp_path, site)
    done = subprocess.run(["nginx", "-t", "-c", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def secret_addresses() -> Iterator[str]:
    """An example of each address that holds a token."""

    def walk(patterns: list[Any], before: str) -> Iterator[str]:
        for one in patterns:
            route = before + str(one.pattern)
            if not isinstance(one, URLPattern):
                yield from walk(one.url_patterns, route)
            elif "token>" in route:
                yield "/" + re.sub(r"<[^>]+>", "x", route)

    return walk(get_resolver().url_patterns, "")


def test_an_address_that_holds_a_token_is_in_no_log_of_nginx() -> None:
    addresses = set(secret_addresses())
    assert len(addresses) >= 5
    assert [path for path in addresses if "access_log off" not in _location(path)] == []


@pytest.mark.parametrize(
    "path",
    [
        *("/sign-in/", "/sign-in/code/", "/sign-in/passkey/", "/s/wonderland/"),
        *("/sign-in/with/", "/sign-in/with/x/", "/sign-in/with/x/callback/", "/sign-in/with/x/sign-out/"),
        *("/password/", "/password/forgotten/", "/password/passkey/", "/password/x/"),
    ],
)
def test_nginx_limits_what_strangers_may_ask_of_sign_in(path: str) -> None:
    location = _location(path)
    assert "limit_req zone=console_sign_in " in location
    assert "client_max_body_size 64k;" in location


def test_an_answer_of_a_provider_is_in_no_log_of_nginx() -> None:
    assert "access_log off" in _location("/sign-in/with/x/callback/")


def _location(path: str) -> str:
    """The body of the location that nginx takes: the longest prefix, which a pattern beats without `^~`."""
    fitting = [one for one in LOCATION.findall(SECURE) if one[0] in ("", "^~") and path.startswith(one[1])]
    kind, _prefix, body = max(fitting, key=lambda one: len(one[1]))
    patterns = [one[2] for one in LOCATION.findall(SECURE) if one[0] == "~" and re.search(one[1], path)]
    return str(patterns[0] if patterns and kind != "^~" else body)


def test_a_file_as_large_as_the_console_takes_passes_nginx() -> None:
    told = re.search(r"^#COURSEWARE_MAX_MB=(\d+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert told
    assert f"client_max_body_size {int(told[1]) + 1}m;" in _location("/courseware/new/")


@pytest.mark.parametrize(
    ("path", "is_upload"),
    [
        ("/courseware/new/", True),
        ("/courseware/12/anew/", True),
        ("/courseware/uploads/0b6f2f3e-6f0c-4a34-9b0e-4f1f0a3f5a11/", True),
        ("/api/v1/documents/", True),
        ("/api/v1/documents/uploads/0b6f2f3e-6f0c-4a34-9b0e-4f1f0a3f5a11/", True),
        ("/courseware/", False),
        ("/courseware/12/delete/", False),
        ("/courseware/uploads/", False),
        ("/api/v1/documents/12/", False),
        ("/api/v1/lessons/", False),
        ("/people/new/", False),
        ("/sign-in/", False),
    ],
)
def test_bodies_pass_nginx_unbuffered_at_the_addresses_for_files_alone(path: str, is_upload: bool) -> None:
    assert ("proxy_request_buffering off" in _location(path)) is is_upload
    assert (UPLOAD_PATH.fullmatch(path) is not None) is is_upload


def test_a_server_starts_the_web_as_make_run_does() -> None:
    unit = (ROOT / "deploy/systemd/iclass-console-web.service").read_text()
    assert f"-m granian {' '.join(GRANIAN_ARGUMENTS)} " in unit
