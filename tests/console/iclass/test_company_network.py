"""A service behind a proxy of the company, with a certificate of the company's own authority."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.iclass import Client, NotReached, Route
from tests.support.environment import ROOT
from tests.support.sandbox import start_sandbox

APP, KEY = 1400000001, "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"
#: A host that only the proxy can resolve would need a name server; loopback under a name does as well.
HOST = "localhost"
#: A program of ours asks for the school; its settings say by which way.
ASK = """
import django; django.setup()
from accounts.models import Enterprise
school = Enterprise(sdkappid={app}, tic_key="{key}")
print("ANSWER", school.client().business.info().sdkappid)
"""
Relay = Callable[..., tuple[int, "subprocess.Popen[str]"]]


@pytest.fixture
def relay() -> Iterator[Relay]:
    """Start a relay in a process of its own: its port, and the process."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[int, "subprocess.Popen[str]"]:
        command = [sys.executable, "-m", "tests.support.relays", *arguments]
        running.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        assert running[-1].stdout is not None
        return int(running[-1].stdout.readline()), running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate authority of the company, and a certificate by it for HOST."""
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=School -keyout ca.key -out ca.pem"
        " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign",
        f"req -newkey rsa:2048 -nodes -subj /CN={HOST} -keyout host.key -out host.csr"
        f" -addext subjectAltName=DNS:{HOST}",
        "x509 -req -in host.csr -CA ca.pem -CAkey ca.key -days 2 -copy_extensions copy -out host.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


@pytest.fixture
def service(tmp_path: Path, authority: Path, relay: Relay) -> Iterator[str]:
    """The local iclass service over HTTPS; its address."""
    sandbox = start_sandbox(tmp_path / "sandbox", [(APP, KEY, None)])
    where = sandbox.url.removeprefix("http://")
    port, _ = relay("https", where, str(authority / "host.pem"), str(authority / "host.key"))
    yield f"https://{HOST}:{port}"
    sandbox.stop()


def test_a_call_goes_through_the_proxy_and_trusts_the_authority(
    service: str, authority: Path, relay: Relay
) -> None:
    port, proxy = relay("proxy")
    client = Client(service, APP, KEY, route=Route(f"http://127.0.0.1:{port}", str(authority / "ca.pem")))

    assert client.business.info().sdkappid == APP
    assert proxy.stdout is not None
    assert proxy.stdout.readline() == f"connected {service.removeprefix('https://')}\n"


def test_without_the_authority_nothing_is_sent(service: str, relay: Relay) -> None:
    port, _ = relay("proxy")

    for route in (Route(), Route(f"http://127.0.0.1:{port}")):
        with pytest.raises(NotReached):
            Client(service, APP, KEY, route=route).business.info()


def test_a_proxy_that_is_away_or_hangs_is_a_service_that_was_not_reached(
    service: str, authority: Path, relay: Relay
) -> None:
    port, proxy = relay("proxy")
    route = Route(f"http://127.0.0.1:{port}", str(authority / "ca.pem"))
    client = Client(service, APP, KEY, route=route, timeout=1)

    proxy.send_signal(signal.SIGSTOP)
    with pytest.raises(NotReached):
        client.business.info()
    proxy.kill()
    proxy.wait()
    with pytest.raises(NotReached):
        client.business.info()


def ask(service: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    code = ASK.format(app=APP, key=KEY)
    names = os.environ | {"ICLASS_BASE_URL": service} | variables
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=names, capture_output=True, text=True, timeout=60
    )


def test_a_program_takes_the_way_that_its_environment_says(
    service: str, authority: Path, relay: Relay
) -> None:
    ca = str(authority / "ca.pem")

    trusted = ask(service, ICLASS_CA_BUNDLE=ca)
    refused = ask(service)

    assert f"ANSWER {APP}" in trusted.stdout, trusted.stderr
    assert "NotReached" in refused.stderr


@pytest.mark.parametrize(
    ("base_url", "no_proxy", "used"),
    [
        ("https://iclass.example", "", True),
        ("https://iclass.example", "example", False),
        ("https://iclass.example", " .iclass.example , x", False),
        ("https://iclass.example", "*", False),
        ("https://iclass.example", "other.example", True),
        ("https://localhost:9000", "", False),
        ("http://127.0.0.1:9000", "", False),
    ],
)
def test_hosts_that_the_environment_excepts_are_reached_directly(
    base_url: str, no_proxy: str, used: bool
) -> None:
    code = "from console.env import iclass_proxy; print(iclass_proxy())"
    proxy = "http://proxy.example:3128"
    variables = os.environ | {"ICLASS_BASE_URL": base_url, "HTTPS_PROXY": proxy, "NO_PROXY": no_proxy}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=variables, capture_output=True, text=True
    )

    assert done.stdout.strip() == (proxy if used else "")
