"""Servers live as long as somebody needs them."""

import socket
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from kombu import Connection

from console.embedded import data_paths
from tests.support.server_holders import ServerHolder, kill_one, processes_of, wait_until_ended

pytestmark = pytest.mark.usefixtures("made")


def test_both_servers_answer_and_end_soon_after_their_killed_holder(
    data: Path, holder: Callable[..., ServerHolder]
) -> None:
    server_paths = data_paths(data)
    school = holder()
    school.ready()

    with psycopg.connect(server_paths.database_url) as line:
        assert line.execute("select upper('ä课')").fetchone() == ("Ä课",)
    with Connection(server_paths.broker_url) as line:
        line.ensure_connection(max_retries=1)
    school.kill()

    assert wait_until_ended(server_paths, 5)
    assert not server_paths.socket_dir.exists()


def test_processes_that_start_at_once_share_one_supervisor(
    data: Path, holder: Callable[..., ServerHolder]
) -> None:
    for each in [holder() for _ in range(4)]:
        each.ready()

    running = Counter(processes_of(data_paths(data)).values())

    assert (running["supervisor"], running["valkey-server"]) == (1, 1)


def test_the_servers_stay_for_the_last_holder(data: Path, holder: Callable[..., ServerHolder]) -> None:
    first, second = holder(), holder()
    first.ready()
    second.ready()

    first.kill()

    assert not wait_until_ended(data_paths(data), 1)
    with psycopg.connect(data_paths(data).database_url):
        second.kill()
    assert wait_until_ended(data_paths(data), 5)


def test_a_next_run_finds_the_data_of_the_last(data: Path, holder: Callable[..., ServerHolder]) -> None:
    before = holder()
    before.ready()
    with psycopg.connect(data_paths(data).database_url) as line:
        line.execute("create table lesson as select 'Chemistry' as topic")
    before.kill()

    holder().ready()

    with psycopg.connect(data_paths(data).database_url) as line:
        assert line.execute("select topic from lesson").fetchall() == [("Chemistry",)]


def test_only_what_is_wanted_is_started(data: Path, holder: Callable[..., ServerHolder]) -> None:
    holder("b").ready()

    assert "postgres" not in processes_of(data_paths(data)).values()

    holder("d").ready()

    assert {"postgres", "valkey-server"} <= set(processes_of(data_paths(data)).values())


def test_after_a_killed_supervisor_the_next_process_gets_new_servers(
    data: Path, holder: Callable[..., ServerHolder]
) -> None:
    server_paths = data_paths(data)
    holder().ready()
    kill_one(server_paths, "supervisor")
    assert wait_until_ended(server_paths, 5), "servers outlived their supervisor"

    holder().ready()

    with psycopg.connect(server_paths.database_url):
        assert Counter(processes_of(server_paths).values())["supervisor"] == 1


def test_a_killed_server_is_started_again(data: Path, holder: Callable[..., ServerHolder]) -> None:
    server_paths = data_paths(data)
    holder("b").ready()
    kill_one(server_paths, "valkey-server")

    holder("b").ready()

    with Connection(server_paths.broker_url) as line:
        line.ensure_connection(max_retries=1)


def test_sockets_that_a_crash_left_behind_do_not_matter(
    data: Path, holder: Callable[..., ServerHolder]
) -> None:
    server_paths = data_paths(data)
    server_paths.socket_dir.mkdir(mode=0o700)
    for path in (server_paths.control_socket, server_paths.broker_socket):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(path))

    holder().ready()
