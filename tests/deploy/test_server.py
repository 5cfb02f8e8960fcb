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

from tests.support.environment import ROOT

UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
NGINX = (ROOT / "deploy/nginx/iclass-console.conf").read_text()
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


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_takes_its_example(tmp_path: Path) -> None:
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
    ]
    keys = {"-keyout": tmp_path / "privkey.pem", "-out": tmp_path / "fullchain.pem"}
    subprocess.run(
        [*made, *(str(part) for one in keys.items() for part in one)], check=True, capture_output=True
    )
    site = NGINX.replace("/etc/ssl/console.school.example", str(tmp_path))
    whole = f"events {{}}\npid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\nhttp {{\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
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


def _location(path: str) -> str:
    """The body of the location that nginx takes: the longest prefix, which a pattern beats without `^~`."""
    fitting = [one for one in LOCATION.findall(NGINX) if one[0] in ("", "^~") and path.startswith(one[1])]
    kind, _prefix, body = max(fitting, key=lambda one: len(one[1]))
    patterns = [one[2] for one in LOCATION.findall(NGINX) if one[0] == "~" and re.search(one[1], path)]
    return str(patterns[0] if patterns and kind != "^~" else body)


def test_a_file_as_large_as_the_console_takes_passes_nginx() -> None:
    told = re.search(r"^#COURSEWARE_MAX_MB=(\d+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert told
    assert f"client_max_body_size {int(told[1]) + 1}m;" in _location("/courseware/new/")
