"""What is packed for other machines: the offline bundle, and why there is no wheel."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.support.environment import ROOT

#: Nobody listens there.
CLOSED = "http://127.0.0.1:9/"
WITHOUT_REGISTRY = {
    **{"PIP_INDEX_URL": CLOSED, "UV_DEFAULT_INDEX": CLOSED, "npm_config_registry": CLOSED},
    **{
        "PIP_FIND_LINKS": "",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
        "UV_NO_CACHE": "1",
        "PIP_CONFIG_FILE": os.devnull,
    },
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the installation of the console, few packages and no code."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / ".ci", folder / ".ci", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", folder)
    (folder / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text('{\n  "packages": {\n    "node_modules/small": {}\n  }\n}\n')
    for file in ("requirements.txt", "requirements-saml.txt"):
        (folder / file).write_text(_locked("sqlparse"))
    (folder / "node_modules/small").mkdir(parents=True)
    (folder / "node_modules/small/package.json").write_text("{}")
    (folder / "node_modules/.installed").touch()
    for command in (
        ["git", "init", "--quiet"],
        ["git", "add", "--all"],
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "All"],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return folder


def _locked(package: str) -> str:
    """The lines of a package in the console's requirements."""
    lines = (ROOT / "requirements.txt").read_text().splitlines(keepends=True)
    begin = next(place for place, line in enumerate(lines) if line.startswith(f"{package}=="))
    end = next(place for place in range(begin, len(lines)) if not lines[place].rstrip().endswith("\\"))
    return "".join(lines[begin : end + 1])


def _make(folder: Path, target: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", target], cwd=folder, env=os.environ | variables, capture_output=True, text=True, timeout=600
    )


# Two environments are made and filled, which takes a machine with two processors half a minute.
@pytest.mark.faults
@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_bundle_installs_where_no_registry_is_reached(small: Path, tmp_path: Path) -> None:
    packed = _make(small, "bundle")
    assert packed.returncode == 0, packed.stderr
    file = small / packed.stdout.splitlines()[-1]
    with tarfile.open(file) as content:
        content.extractall(tmp_path, filter="data")
    target = tmp_path / "iclass-console"
    refused = subprocess.run(
        [small / ".venv/bin/python", "-m", "pip", "download", "--quiet", "--dest", tmp_path, "sqlparse"],
        env=os.environ | WITHOUT_REGISTRY,
        capture_output=True,
    )
    assert refused.returncode != 0

    done = _make(target, "install", **WITHOUT_REGISTRY)

    assert done.returncode == 0, done.stderr
    assert (target / "node_modules/small/package.json").exists()
    found = subprocess.run([target / ".venv/bin/python", "-c", "import sqlparse"], capture_output=True)
    assert found.returncode == 0


def test_a_wheel_ends_with_what_to_do_instead(tmp_path: Path) -> None:
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", tmp_path / "wheels", tmp_path],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "iclass console is not distributed as a wheel: run `make install`" in done.stdout + done.stderr
    assert not list((tmp_path / "wheels").glob("*"))
