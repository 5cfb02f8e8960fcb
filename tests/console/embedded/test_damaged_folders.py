"""A damaged data folder ends in one sentence that names it and the way out, or is healed."""

import contextlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from console.embedded import EmbeddedError, data_paths
from console.embedded.postgres import Postgres
from tests.support.environment import ROOT
from tests.support.server_holders import ServerHolder, wait_until_ended

Holder = Callable[..., ServerHolder]
STRANGER = 12345
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes owners and mounts disks")


@pytest.fixture
def mounted(data: Path) -> Iterator[Callable[[str], None]]:
    """Put a disk with these options in place of the data folder."""
    with contextlib.ExitStack() as mounts:

        def mount(options: str) -> None:
            command = ["mount", "-t", "tmpfs", "-o", f"{options},mode=0711", "tmpfs", str(data)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"this machine mounts nothing: {done.stderr}")
            mounts.callback(subprocess.run, ["umount", "--lazy", str(data)], check=True)
            mounts.callback(wait_until_ended, data_paths(data), 10)

        yield mount


@pytest.fixture
def server(data: Path) -> Iterator[Postgres]:
    """The database of the data folder, started by the test and not by a process of its own."""
    paths = data_paths(data)
    for folder in (paths.socket_dir, paths.run_dir):
        folder.mkdir(mode=0o700)
    one = Postgres(paths)
    yield one
    one.stop()
    shutil.rmtree(paths.socket_dir)


def said_by(one: ServerHolder) -> str:
    """The one sentence of a program that gave up."""
    said = one.refusal()
    assert "Traceback" not in said
    assert "Errno" not in said
    assert len(said.splitlines()) == 1, said
    assert said.endswith(".")
    return said


def enter(data: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Start a command of the console over this folder."""
    unset = ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "FIELD_KEYS")
    plain = {name: value for name, value in os.environ.items() if name not in unset}
    code = "from pathlib import Path; from console import embedded; embedded.start_servers(Path('/nowhere'))"
    command = [sys.executable, "-c", code]
    variables = plain | {"CONSOLE_DATA": str(data)} | variables
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=100)


def test_a_file_in_place_of_the_database(data: Path, holder: Holder) -> None:
    (data / "postgres").write_text("essay")

    assert "postgres is not a folder: move it away" in said_by(holder("d"))
    assert (data / "postgres").read_text() == "essay"


def test_a_file_in_place_of_the_folder_of_locks(data: Path, holder: Holder) -> None:
    (data / "embedded").write_text("")

    said = said_by(holder("b"))

    assert str(data / "embedded") in said
    assert "CONSOLE_DATA" in said


def test_a_link_to_a_disk_that_is_not_mounted(data: Path, holder: Holder) -> None:
    (data / "postgres").symlink_to("/mnt/gone")

    assert "symbolic link to /mnt/gone, which does not exist" in said_by(holder("d"))
    assert (data / "postgres").is_symlink()


def test_a_link_to_another_folder_is_followed(data: Path, made: Path, holder: Holder) -> None:
    moved = data / "moved"
    shutil.move(made, moved)
    made.symlink_to(moved)

    holder("d").ready()

    assert made.is_symlink(), "no new folder took its place"
    assert (moved / "postmaster.pid").exists()


def test_a_file_in_place_of_the_sockets(data: Path, holder: Holder) -> None:
    sockets = data_paths(data).socket_dir
    sockets.write_text("")
    try:
        assert f"{sockets} is not a folder: remove it" in said_by(holder("b"))
    finally:
        sockets.unlink()


@as_root
def test_a_folder_of_sockets_of_somebody_else(data: Path, holder: Holder) -> None:
    sockets = data_paths(data).socket_dir
    sockets.mkdir(mode=0o700)
    os.chown(sockets, STRANGER, STRANGER)
    try:
        assert f"{sockets} belongs to somebody else" in said_by(holder("b"))
    finally:
        sockets.rmdir()


@as_root
def test_a_folder_of_sockets_that_this_user_may_not_enter(data: Path) -> None:
    sockets = data_paths(data).socket_dir
    sockets.mkdir(mode=0o700)
    os.chown(data, STRANGER, STRANGER)
    code = """
import os, sys
from pathlib import Path
from console import embedded
os.setuid(int(sys.argv[2]))
embedded.hold(Path(sys.argv[1]), database=False, broker=True)
"""
    command = [sys.executable, "-c", code, str(data), str(STRANGER)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    finally:
        sockets.rmdir()

    assert f"{sockets}, belongs to another user, who runs the servers" in done.stderr.splitlines()[-1]


@as_root
def test_a_database_of_another_user(made: Path, holder: Holder) -> None:
    os.chown(made, STRANGER, STRANGER)

    assert f"{made} belongs to user {STRANGER}" in said_by(holder("d"))


@pytest.mark.parametrize("text", [b"\xff\xfe\n", b"", b"12345678901234567890\n", b"-1\n"])
def test_a_pid_file_with_nonsense_is_no_obstacle(made: Path, server: Postgres, text: bytes) -> None:
    (made / "postmaster.pid").write_bytes(text)

    server.start()

    assert (made / "postmaster.pid").read_bytes() != text


@pytest.mark.parametrize("text", [b"\xff\xfe", b"", b"eighteen"])
def test_a_version_with_nonsense(made: Path, server: Postgres, text: bytes) -> None:
    (made / "PG_VERSION").write_bytes(text)

    with pytest.raises(EmbeddedError, match="PG_VERSION is damaged"):
        server.start()


@pytest.mark.parametrize("part", ["PG_VERSION", "pg_wal", "global", "base", "postgresql.conf"])
def test_a_missing_part_of_the_database(made: Path, server: Postgres, part: str) -> None:
    missing = made / part
    shutil.rmtree(missing) if missing.is_dir() else missing.unlink()

    with pytest.raises(EmbeddedError) as refused:
        server.start()

    said = str(refused.value)
    assert len(said.splitlines()) == 1
    assert str(made) in said
    assert "away to begin with an empty database" in said


def test_rights_as_a_restored_copy_has_them_are_narrowed(made: Path, holder: Holder) -> None:
    made.chmod(0o755)

    holder("d").ready()

    assert stat.S_IMODE(made.stat().st_mode) == 0o700


@as_root
def test_a_disk_that_is_full_before_the_database_is_made(
    data: Path, mounted: Callable[[str], None], holder: Holder
) -> None:
    mounted("size=1m")

    said = said_by(holder("d"))

    assert "No space left on device" in said
    assert "Make space" in said


@as_root
def test_a_disk_that_filled_up(data: Path, mounted: Callable[[str], None], holder: Holder) -> None:
    mounted("size=70m")
    first = holder("d")
    first.ready()
    first.kill()
    assert wait_until_ended(data_paths(data), 5)
    with contextlib.suppress(OSError), (data / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(b"x" * 4096)

    said = said_by(holder("d"))

    assert "No space left on device" in said
    assert "Make space" in said
    assert "empty database" not in said


@as_root
def test_a_disk_that_may_only_be_read(data: Path, mounted: Callable[[str], None], holder: Holder) -> None:
    mounted("ro")

    assert "Read-only file system" in said_by(holder("d"))


@pytest.mark.usefixtures("made")
def test_keys_that_are_missing_beside_their_data(data: Path, holder: Holder) -> None:
    assert enter(data).returncode == 0
    holder("db").ready()
    with psycopg.connect(data_paths(data).database_url) as line:
        line.execute("CREATE TABLE django_migrations (id int)")
    (data / "keys.env").unlink()

    lost = enter(data)
    given = enter(data, FIELD_KEYS="A" * 43 + "=", SECRET_KEY="x" * 50)

    assert lost.returncode == 1
    assert lost.stderr.startswith(f"The keys {data / 'keys.env'} are missing")
    assert len(lost.stderr.strip().splitlines()) == 1
    assert given.returncode == 0, given.stderr


@pytest.mark.parametrize("text", [b"\xff\xfe\0", b"", b"SECRET_KEY=only\n"])
def test_keys_that_are_damaged(data: Path, text: bytes) -> None:
    (data / "keys.env").write_bytes(text)

    done = enter(data)

    assert done.returncode == 1
    assert "keys.env are damaged" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (data / "keys.env").read_bytes() == text
