"""The parts of `make install` on a machine that makes it hard: no home, two runs at once, half a folder."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.environment import ROOT

#: In place of npm, which would ask a registry: it takes its time and says what it was told.
NPM = """#!/bin/sh
echo "$npm_config_cache" >>asked
[ -z "$npm_config_cache" ] || mkdir -p "$npm_config_cache"
mkdir -p node_modules/half
sleep 1
for name in htmx.org uplot; do mkdir -p node_modules/$name && echo '{}' >node_modules/$name/package.json; done
"""
LOCK = {"packages": {"": {}, "node_modules/htmx.org": {}, "node_modules/uplot": {}}}
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start a part of the installation in a folder of its own."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/setup", tmp_path / ".ci/setup")
    (tmp_path / "package-lock.json").write_text(json.dumps(LOCK, indent=2))
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/npm").write_text(NPM)
    (tmp_path / "bin/npm").chmod(0o755)

    def run(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
        told = ("npm_config_cache", "UV_CACHE_DIR")
        plain = {name: value for name, value in os.environ.items() if name not in told}
        path = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
        return subprocess.Popen(
            [".ci/setup", *arguments],
            cwd=tmp_path,
            env=plain | path | variables,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def asked(folder: Path) -> list[str]:
    """The cache of each run of npm."""
    return (folder / "asked").read_text().splitlines()


def ended(process: "subprocess.Popen[str]") -> str:
    """What a part said; it succeeded."""
    said = process.communicate(timeout=240)[1]
    assert process.returncode == 0, said
    return said


@pytest.mark.parametrize("home", ["/dev/null", "/nonexistent", ""])
def test_without_a_home_the_caches_are_elsewhere_and_gone_afterwards(
    start: Start, tmp_path: Path, home: str
) -> None:
    ended(start("npm", HOME=home))

    [cache] = asked(tmp_path)
    assert cache
    assert not Path(cache).exists()


def test_with_a_home_the_caches_are_the_usual_ones(start: Start, tmp_path: Path) -> None:
    ended(start("npm", HOME=str(tmp_path)))

    assert asked(tmp_path) == [""]


@pytest.mark.skipif(not shutil.which("flock"), reason="flock is not installed (on Debian: util-linux)")
def test_of_two_runs_at_once_one_installs_and_the_other_waits(start: Start, tmp_path: Path) -> None:
    first = start("npm")
    until = time.monotonic() + 30
    while not (tmp_path / "asked").exists() and time.monotonic() < until:
        time.sleep(0.01)
    second = start("npm")

    assert "Another run is installing; waiting for it." in ended(second)
    ended(first)
    assert len(asked(tmp_path)) == 1


def test_a_half_filled_node_modules_is_filled_again(start: Start, tmp_path: Path) -> None:
    ended(start("npm"))
    assert ended(start("complete")) == ""
    shutil.rmtree(tmp_path / "node_modules/uplot")

    said = ended(start("complete"))

    assert "Missing: node_modules/uplot. Installing node_modules again." in said
    assert (tmp_path / "node_modules/uplot/package.json").exists()
    assert (tmp_path / "node_modules/.installed").exists()
    assert ended(start("complete")) == ""


def test_npm_that_fails_leaves_nothing_that_looks_installed(start: Start, tmp_path: Path) -> None:
    (tmp_path / "bin/npm").write_text("#!/bin/sh\nmkdir -p node_modules/half\nexit 1\n")

    process = start("npm")
    said = process.communicate(timeout=240)[1]

    assert process.returncode != 0
    assert "npm ci failed: see above, then repeat this command." in said
    assert not (tmp_path / "node_modules/.installed").exists()


def test_the_python_of_the_system_comes_before_another_one_on_the_path(start: Start, tmp_path: Path) -> None:
    (tmp_path / "bin/python3").symlink_to(sys.executable)
    able = "import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))"
    expected = tmp_path / "bin"
    if Path("/usr/bin/python3").exists() and subprocess.run(["/usr/bin/python3", "-c", able]).returncode == 0:
        expected = Path("/usr/bin")

    # No registry is reached: the environment is made, and its packages are not.
    said = start("venv", PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0").communicate(timeout=240)[1]

    assert "uv could not be installed" in said
    assert f"home = {expected}" in (tmp_path / ".venv/pyvenv.cfg").read_text().splitlines()


def test_an_environment_that_is_there_is_not_made_again(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / ".venv/bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    (folder / "uv").write_text("#!/bin/sh\n")
    (folder / "uv").chmod(0o755)

    ended(start("venv"))

    assert (folder / "uv").read_text() == "#!/bin/sh\n"


def test_an_environment_whose_python_is_gone_is_a_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to("/nowhere/python3")

    process = start("packages", "requirements.txt")

    assert "remove it with 'make clean'" in process.communicate(timeout=240)[1]
    assert process.returncode != 0
