"""Servers live as long as somebody needs them."""

import socket
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
from kombu import Connection

from console.embedded import places
from tests.support.holders import Holder, ended_within, kill_one, processes


def test_both_servers_answer_and_end_soon_after_their_killed_holder(
    data: Path, holder: Callable[..., Holder]
) -> None:
    spots = places(data)
    school = holder()
    school.ready()

    with psycopg.connect(spots.database_url) as line:
        assert line.execute("select upper('ä课')").fetchone() == ("Ä课",)
    with Connection(spots.broker_url) as line:
        line.ensure_connection(max_retries=1)
    school.kill()

    assert ended_within(spots, 5)
    assert not spots.socket_dir.exists()


def test_processes_that_start_at_once_share_one_supervisor(data: Path, holder: Callable[..., Holder]) -> None:
    for each in [holder() for _ in range(4)]:
        each.ready()

    running = Counter(processes(places(data)).values())

    assert (running["supervisor"], running["valkey-server"]) == (1, 1)


def test_the_servers_stay_for_the_last_holder(data: Path, holder: Callable[..., Holder]) -> None:
    first, second = holder(), holder()
    first.ready()
    second.ready()

    first.kill()

    assert not ended_within(places(data), 1)
    with psycopg.connect(places(data).database_url):
        second.kill()
    assert ended_within(places(data), 5)


def test_a_next_run_finds_the_data_of_the_last(data: Path, holder: Callable[..., Holder]) -> None:
    before = holder()
    before.ready()
    with psycopg.connect(places(data).database_url) as line:
        line.execute("create table lesson as select 'Chemistry' as topic")
    before.kill()

    holder().ready()

    with psycopg.connect(places(data).database_url) as line:
        assert line.execute("select topic from lesson").fetchall() == [("Chemistry",)]


def test_only_what_is_wanted_is_started(data: Path, holder: Callable[..., Holder]) -> None:
    holder("b").ready()

    assert "postgres" not in processes(places(data)).values()

    holder("d").ready()

    assert {"postgres", "valkey-server"} <= set(processes(places(data)).values())


def test_after_a_killed_supervisor_the_next_process_gets_new_servers(
    data: Path, holder: Callable[..., Holder]
) -> None:
    spots = places(data)
    holder().ready()
    kill_one(spots, "supervisor")
    assert ended_within(spots, 5), "servers outlived their supervisor"

    holder().ready()

    with psycopg.connect(spots.database_url):
        assert Counter(processes(spots).values())["supervisor"] == 1


def test_a_killed_server_is_started_again(data: Path, holder: Callable[..., Holder]) -> None:
    spots = places(data)
    holder("b").ready()
    kill_one(spots, "valkey-server")

    holder("b").ready()

    with Connection(spots.broker_url) as line:
        line.ensure_connection(max_retries=1)


def test_sockets_that_a_crash_left_behind_do_not_matter(data: Path, holder: Callable[..., Holder]) -> None:
    spots = places(data)
    spots.socket_dir.mkdir(mode=0o700)
    for path in (spots.control_socket, spots.broker_socket):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(path))

    holder().ready()
