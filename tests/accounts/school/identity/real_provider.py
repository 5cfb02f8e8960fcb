"""Providers in processes of their own: oidc-provider (certified) and samlify, both from npm."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.environment import ROOT

PROGRAM = Path(__file__).with_name("oidc_provider.mjs")
SAML_PROGRAM = Path(__file__).with_name("saml_identity_provider.mjs")
START_S = 60.0


class RealProvider(NamedTuple):
    """A running provider."""

    issuer: str
    process: "subprocess.Popen[str]"


def node() -> str:
    """The program that runs it: that of the machine, or the one that `make install` fetches."""
    found = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    assert found, "the provider needs node"
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running_program(program: Path, settings: dict[str, Any]) -> Iterator["subprocess.Popen[str]"]:
    """Start a provider with these settings, and wait until it listens; end it afterwards."""
    process = subprocess.Popen(
        [node(), str(program)],
        cwd=ROOT,
        env=os.environ | {"PROVIDER_SETTINGS": json.dumps(settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening"), line
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def running_real_provider(
    port: int, clients: list[dict[str, Any]], accounts: dict[str, dict[str, Any]]
) -> Iterator[RealProvider]:
    """Start oidc-provider with these clients and the claims of its accounts; end it afterwards."""
    with running_program(PROGRAM, {"port": port, "clients": clients, "accounts": accounts}) as process:
        issuer = f"http://127.0.0.1:{port}"
        requests.get(f"{issuer}/.well-known/openid-configuration", timeout=START_S).raise_for_status()
        yield RealProvider(issuer, process)


@contextmanager
def running_saml_provider(
    port: int, metadata: str, keys: Any, accounts: dict[str, dict[str, Any]]
) -> Iterator[RealProvider]:
    """Start samlify with the console's metadata, a key pair and the attributes of its accounts."""
    key = keys.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings = {"port": port, "metadata": metadata, "key": key, "certificate": keys.pem, "accounts": accounts}
    with running_program(SAML_PROGRAM, settings) as process:
        yield RealProvider(f"http://127.0.0.1:{port}/metadata", process)
