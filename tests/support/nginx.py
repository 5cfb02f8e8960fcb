"""nginx with the example of deploy/ on loopback, in front of a console."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.environment import ROOT
from tests.support.programs import find_port

EXAMPLE = ROOT / "deploy/nginx/iclass-console.conf"
HOST = "console.school.example"
FOLDERS = ("client_body_temp", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp")


def why_nginx_is_missing() -> str:
    """What keeps it from running, as a sentence; empty where nothing does."""
    return "" if shutil.which("nginx") else "nginx is not installed (on Debian: apt-get install nginx-light)"


def make_certificate(folder: Path) -> None:
    """A key and a certificate of its own for the host of the example."""
    names = f"/CN={HOST}"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", names]
    command += ["-addext", f"subjectAltName=DNS:{HOST}"]
    command += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(command, check=True, capture_output=True)


def configuration(folder: Path, site: str) -> Path:
    """The whole configuration around a site; everything that nginx writes lies in the folder."""
    temporary = "\n".join(f"{name}_path {folder}/{name.removesuffix('_temp')};" for name in FOLDERS)
    whole = (
        f"user root;\nworker_processes 1;\nworker_rlimit_nofile 8192;\n"
        f"events {{ worker_connections 4096; }}\n"
        f"pid {folder}/pid;\nerror_log {folder}/errors;\ndaemon off;\n"
        f"http {{\naccess_log {folder}/access;\n{temporary}\n{site}\n}}\n"
    )
    path = folder / "nginx.conf"
    path.write_text(whole if _is_root() else whole.removeprefix("user root;\n"))
    return path


def site_configuration(console_port: int, port: int, folder: Path) -> str:
    """The example with other ports and folders, and nothing else changed."""
    site = EXAMPLE.read_text().replace("/etc/ssl/console.school.example", str(folder))
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{console_port}")
    site = site.replace("/var/lib/iclass-console/static/", f"{folder}/static/")
    site = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;", site)
    site = re.sub(r"listen 80;", f"listen 127.0.0.1:{find_port()};", site)
    return re.sub(r" *listen \[::\][^;]*;\n", "", site)


def _is_root() -> bool:
    return os.geteuid() == 0


@pytest.fixture
def start_nginx(tmp_path: Path) -> Iterator[Callable[[int], int]]:
    """Start it before the console on a port; its own port for HTTPS."""
    if why_nginx_is_missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why_nginx_is_missing())
    with ExitStack() as running:

        def start(console_port: int) -> int:
            port = find_port()
            make_certificate(tmp_path)
            path = configuration(tmp_path, site_configuration(console_port, port, tmp_path))
            process = subprocess.Popen(["nginx", "-c", str(path)], stderr=subprocess.PIPE, text=True)
            running.callback(_stop, process)
            _wait(process, port)
            return port

        yield start


def _wait(process: "subprocess.Popen[str]", port: int) -> None:
    until = time.monotonic() + 20
    while True:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < until, "nginx does not listen"
        time.sleep(0.05)


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.communicate(timeout=20)
