"""A scanner for viruses on loopback: clamd itself, with one signature, which is ours."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

#: What the signature finds, and its name.
BAD, NAME = b"DRINK-ME-AND-GROW", "Wonderland.Bottle.UNOFFICIAL"
MOST_BYTES = 1 << 20


def why_clamd_is_missing() -> str:
    """What keeps it from running, as a sentence; empty where nothing does."""
    return (
        "" if shutil.which("clamd") else "clamd is not installed (on Debian: apt-get install clamav-daemon)"
    )


@pytest.fixture(scope="session")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address; `make test` installs one where it may."""
    if why_clamd_is_missing():
        pytest.skip(why_clamd_is_missing())
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "ours.ndb").write_text(f"Wonderland.Bottle:0:*:{BAD.hex()}\n")
    listens = folder / "clamd.sock"
    lines = {
        "LocalSocket": listens,
        "DatabaseDirectory": folder,
        "StreamMaxLength": MOST_BYTES,
        "Foreground": "yes",
    }
    (folder / "clamd.conf").write_text("".join(f"{word} {value}\n" for word, value in lines.items()))
    with (folder / "log").open("wb") as said:
        process = subprocess.Popen(["clamd", "-c", folder / "clamd.conf"], stdout=said, stderr=said)
    try:
        until = time.monotonic() + 60
        while not listens.exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"unix:{listens}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def scanned(clamd: str, settings: Any) -> None:
    """Every file is shown to the scanner."""
    settings.VIRUS_SCANNER = clamd
