"""Style and formatting as `make lint` has them, so that CI sees them too."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import ROOT


@pytest.mark.parametrize("check", [["check"], ["format", "--check"]], ids=["style", "formatting"])
def test_ruff_has_nothing_to_say(check: list[str]) -> None:
    ruff = Path(sys.executable).with_name("ruff")

    done = subprocess.run([ruff, *check, "."], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-3000:]
