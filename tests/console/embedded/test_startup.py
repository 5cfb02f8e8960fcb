"""Servers that the environment names are used, others are started, and failures are sentences."""

import os
import subprocess
import sys
from pathlib import Path

from console.embedded import data_paths
from tests.support.environment import ROOT
from tests.support.server_holders import processes_of

ENTER = """
import os, sys
from pathlib import Path
from console import embedded
embedded.start_servers(Path(sys.argv[1]))
print(os.environ.get("SECRET_KEY", "none"), os.environ.get("FIELD_KEYS", "none"))
"""


def _enter(base: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Go through a door whose manage.py lies in `base`."""
    unset = ("CONSOLE_DATA", "DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "FIELD_KEYS")
    plain = {name: value for name, value in os.environ.items() if name not in unset}
    command = [sys.executable, "-c", ENTER, str(base)]
    return subprocess.run(command, cwd=ROOT, env=plain | variables, capture_output=True, text=True)


def test_named_servers_are_used_and_nothing_is_started_or_written(tmp_path: Path) -> None:
    done = _enter(tmp_path, DATABASE_URL="postgresql://elsewhere/x", CELERY_BROKER_URL="redis://elsewhere")

    assert done.stdout == "none none\n"
    assert list(tmp_path.iterdir()) == []


def test_servers_named_in_the_env_file_count(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://elsewhere/x\nCELERY_BROKER_URL=redis://x\n")

    _enter(tmp_path)

    assert processes_of(data_paths(tmp_path / "var")) == {}


def test_a_demo_gets_keys_but_those_that_are_set_stay(data: Path) -> None:
    done = _enter(data, CONSOLE_DATA=str(data), SECRET_KEY="mine")

    secret, field = done.stdout.split()
    assert secret == "mine"
    assert len(field) == 44


def test_a_data_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = _enter(tmp_path, CONSOLE_DATA=str(tmp_path / "file" / "var"))

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "CONSOLE_DATA" in done.stderr
