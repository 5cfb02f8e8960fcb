"""What is found broken is healed, or said in one sentence that names the folder and the way out."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg

from console.embedded import data_paths
from tests.support.server_holders import ServerHolder


def test_a_pid_file_that_names_another_program_is_no_obstacle(
    data: Path, made: Path, holder: Callable[..., ServerHolder]
) -> None:
    (made / "postmaster.pid").write_text(f"{os.getpid()}\n{made}\n")

    holder("d").ready()

    with psycopg.connect(data_paths(data).database_url):
        pass


def test_a_database_that_was_half_made_is_made_again(data: Path, holder: Callable[..., ServerHolder]) -> None:
    half = data / "postgres.part"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    holder("d").ready()

    assert not half.exists()


def test_a_database_of_a_version_that_is_not_here_is_told(
    made: Path, holder: Callable[..., ServerHolder]
) -> None:
    (made / "PG_VERSION").write_text("9\n")

    said = holder("d").refusal()

    assert "PostgreSQL 9" in said
    assert "CONSOLE_DATA" in said
    assert len(said.splitlines()) == 1


def test_a_damaged_database_is_told_with_its_folder(made: Path, holder: Callable[..., ServerHolder]) -> None:
    (made / "global" / "pg_control").write_bytes(b"\0" * 8192)

    said = holder("d").refusal()

    assert str(made) in said
    assert "move that folder away" in said
    assert len(said.splitlines()) == 1


def test_a_folder_that_is_no_database_is_left_alone(data: Path, holder: Callable[..., ServerHolder]) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "essay.txt").write_text("mine")
    if os.geteuid() == 0:
        os.chown(data / "postgres", 65534, 65534)

    said = holder("d").refusal()

    assert "not a PostgreSQL database" in said
    assert (data / "postgres" / "essay.txt").read_text() == "mine"
