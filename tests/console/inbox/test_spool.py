"""Callbacks while the database is away: on the disk before they are acknowledged, in the table afterwards."""

import resource
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise
from console.inbox import database_timeout, ingestion, processing, spool, spool_recovery
from console.inbox.models import Callback
from tests.console.inbox.test_ingestion import EVENT, address, post
from tests.faults.arming import InjectedFailure, arm_point
from tests.support.database_outage import database_hangs, database_silent, database_unreachable


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.SPOOL_DIR = tmp_path / "spool"
    ingestion.clear_sender_cache()
    database_timeout.clear_backoff()
    return tmp_path / "spool"


def body(number: int) -> bytes:
    return b'{"event": "class_begin", "data": {"class_id": %d}}' % number


def put(school: Enterprise, *numbers: int) -> None:
    for number in numbers:
        spool.append_event(school.pk, body(number), timezone.now())


def classes() -> list[str]:
    return sorted(Callback.objects.values_list("class_id", flat=True))


def files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_what_waits_comes_into_the_table_with_the_time_at_which_it_came(
    school: Enterprise, folder: Path
) -> None:
    came = timezone.now()
    spool.append_event(school.pk, body(1), came)
    put(school, 2, 3)
    assert files(folder) == [".spool"]
    assert processing.process_due_callbacks() == 6  # three put back, three handled
    assert classes() == ["1", "2", "3"]
    assert Callback.objects.get(class_id="1").received_at == came
    assert files(folder) == []


def test_what_lies_on_the_disk_cannot_be_read_there(school: Enterprise, folder: Path) -> None:
    spool.append_event(school.pk, b"c4n4ry", timezone.now())
    [path] = folder.iterdir()
    assert b"c4n4ry" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == folder.stat().st_mode & 0o077 == 0


def test_a_tail_that_was_cut_off_costs_nothing_that_was_acknowledged(
    school: Enterprise, folder: Path
) -> None:
    put(school, 1, 2)
    [path] = folder.iterdir()
    with path.open("ab") as file:
        file.write(b"s1.0123abcd.half a li")
    assert spool_recovery.store_spooled_events() == 2
    assert (classes(), files(folder)) == (["1", "2"], [])


def test_a_damaged_line_is_set_aside_with_its_reason_and_the_others_are_stored(
    school: Enterprise, folder: Path
) -> None:
    put(school, 1, 2, 3)
    [path] = folder.iterdir()
    first, second, third = path.read_bytes().split()
    path.write_bytes(b"\n".join([first, second[:-8] + b"AAAAAAAA", third]) + b"\n")
    assert spool_recovery.store_spooled_events() == 2
    assert (classes(), files(folder)) == (["1", "3"], [".bad"])
    assert spool.count_bad_files() == {"unsealed": 1}
    assert spool_recovery.store_spooled_events() == 0
    assert files(folder) == [".bad"]


def test_events_of_a_school_that_is_gone_are_set_aside(
    transactional_db: None, school: Enterprise, other_school: Enterprise
) -> None:
    put(other_school, 1)
    put(school, 2)
    other_school.delete()
    assert spool_recovery.store_spooled_events() == 1
    assert (classes(), spool.count_bad_files()) == (["2"], {"no_school": 1})


def test_beyond_its_cap_the_spool_takes_no_more(school: Enterprise, folder: Path, settings: Any) -> None:
    put(school, 1)
    settings.SPOOL_MAX_BYTES = spool.total_bytes() + 10
    with pytest.raises(spool.SpoolError, match="full"):
        put(school, 2)
    spool_recovery.store_spooled_events()
    put(school, 3)
    spool_recovery.store_spooled_events()
    assert classes() == ["1", "3"]


def test_a_write_that_fails_half_way_leaves_no_half_line(school: Enterprise, folder: Path) -> None:
    put(school, 1)
    [path] = folder.iterdir()
    before = path.stat().st_size
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (before + 100, was[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            put(school, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.stat().st_size == before
    put(school, 3)
    assert spool_recovery.store_spooled_events() == 2
    assert classes() == ["1", "3"]


def test_whoever_is_killed_before_the_table_has_it_leaves_the_file(school: Enterprise, folder: Path) -> None:
    put(school, 1, 2)
    with arm_point("inbox.unspooling", "raise"), pytest.raises(InjectedFailure):
        spool_recovery.store_spooled_events()
    assert (classes(), files(folder)) == ([], [".taken"])
    assert spool_recovery.store_spooled_events() == 2
    assert (classes(), files(folder)) == (["1", "2"], [])


def test_what_comes_after_a_file_was_left_half_done_does_not_replace_it(
    school: Enterprise, folder: Path
) -> None:
    put(school, 1, 2)
    with arm_point("inbox.unspooling", "raise"), pytest.raises(InjectedFailure):
        spool_recovery.store_spooled_events()
    put(school, 3)
    assert files(folder) == [".spool", ".taken"]
    assert spool_recovery.store_spooled_events() == 3
    assert classes() == ["1", "2", "3"]


def test_whoever_is_killed_before_the_file_goes_stores_no_event_twice(
    school: Enterprise, folder: Path
) -> None:
    put(school, 1, 2)
    with arm_point("inbox.unspooled", "raise"), pytest.raises(InjectedFailure):
        spool_recovery.store_spooled_events()
    assert spool_recovery.store_spooled_events() == 2
    assert (classes(), files(folder)) == (["1", "2"], [])


def test_what_was_taken_and_left_is_not_overwritten_by_what_came_after(
    school: Enterprise, folder: Path
) -> None:
    put(school, 1)
    with arm_point("inbox.unspooling", "raise"), pytest.raises(InjectedFailure):
        spool_recovery.store_spooled_events()
    put(school, 2)
    spool_recovery.store_spooled_events()
    assert classes() == ["1", "2"]


def test_a_file_that_is_being_put_back_is_nobody_elses_and_new_events_go_to_another(
    school: Enterprise, folder: Path
) -> None:
    put(school, 1)
    taking = spool.claim_files()
    mine = next(taking)
    assert list(spool.claim_files()) == []
    put(school, 2)
    assert files(folder) == [".spool", ".taken"]
    assert spool_recovery.store_spooled_events() == 1
    assert (classes(), spool.pending) == (["2"], True)
    mine.remove()
    taking.close()
    assert spool_recovery.store_spooled_events() == 0
    assert spool.pending is False


def test_many_at_once_lose_nothing(school: Enterprise) -> None:
    def write(first: int) -> None:
        put(school, *range(first, first + 20))

    threads = [threading.Thread(target=write, args=[first]) for first in range(0, 160, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spool_recovery.store_spooled_events() == 160
    assert Callback.objects.count() == 160


def test_a_new_file_is_begun_where_one_is_large(school: Enterprise, folder: Path) -> None:
    for number in range(3):
        spool.append_event(school.pk, b"%d" % number + b"x" * spool.SEGMENT_BYTES, timezone.now())
    assert len(files(folder)) == 3
    assert spool_recovery.store_spooled_events(max_files=1) == 1
    assert len(files(folder)) == 2


@pytest.fixture
def web(transactional_db: None, school: Enterprise, client: Client) -> Client:
    """A web process that knows its schools, as one that has run for a while."""
    post(client, address(school), EVENT)
    return client


def test_while_the_database_is_away_an_event_is_kept_and_acknowledged(
    web: Client, school: Enterprise, folder: Path
) -> None:
    with database_unreachable():
        answer = post(web, address(school), {"event": "class_over", "data": {"class_id": 5}})
        refused = post(web, address(school, key="another key"), EVENT)
    assert (answer.status_code, answer.json()) == (200, {"error_code": 0})
    assert refused.status_code == 403
    assert Callback.objects.count() == 1
    processing.process_due_callbacks()
    assert classes() == ["100012345", "5"]


def test_a_web_process_empties_its_own_spool_once_the_database_is_back(
    web: Client, school: Enterprise, folder: Path
) -> None:
    with database_unreachable():
        post(web, address(school), {"event": "class_over", "data": {"class_id": 5}})
    post(web, address(school), {"event": "class_over", "data": {"class_id": 6}})
    assert classes() == ["100012345", "5", "6"]
    assert files(folder) == []


def test_where_the_disk_fails_too_nothing_is_acknowledged(
    web: Client, school: Enterprise, folder: Path
) -> None:
    folder.write_text("a file where a folder should be")
    with database_unreachable():
        answer = post(web, address(school), {"event": "class_over", "data": {"class_id": 5}})
    assert (answer.status_code, answer.json()) == (503, {"error_code": 10202})


def test_keys_are_remembered_longer_while_nobody_can_be_asked(web: Client, school: Enterprise) -> None:
    [(token, sender)] = ingestion._sender_cache.items()
    ingestion._sender_cache[token] = ingestion.CallbackSender(
        sender.enterprise_id, sender.sdkappid, sender.keys, sender.loaded_at - ingestion.KEY_CACHE_S - 1
    )
    with database_unreachable():
        assert post(web, address(school), EVENT).json() == {"error_code": 0}
        ingestion._sender_cache.clear()
        answer = post(web, address(school), EVENT)
    assert (answer.status_code, answer.json()) == (503, {"error_code": 10202})


def test_a_connection_that_broke_since_its_last_use_is_opened_anew(web: Client, school: Enterprise) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()[0]
    killer = connection.copy()
    with killer.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 2000)", [pid])
    killer.close()
    answer = post(web, address(school), {"event": "class_over", "data": {"class_id": 5}})
    assert answer.json() == {"error_code": 0}
    assert (classes(), spool.count_waiting_files()) == (["100012345", "5"], 0)


@pytest.mark.parametrize("trouble", [database_hangs, database_silent])
def test_a_database_that_hangs_leaves_no_sender_without_an_answer(
    web: Client, school: Enterprise, settings: Any, trouble: Any
) -> None:
    settings.CALLBACK_DATABASE_TIMEOUT_S = 0.5
    began = time.monotonic()
    with trouble():
        first = post(web, address(school), {"event": "class_over", "data": {"class_id": 7}})
        second = post(web, address(school), {"event": "class_over", "data": {"class_id": 8}})
    took = time.monotonic() - began
    assert (first.json(), second.json()) == ({"error_code": 0}, {"error_code": 0})
    assert spool.count_waiting_files() == 1  # one file, both in it
    assert took < 6, "the second one waited again"
    database_timeout.clear_backoff()
    processing.process_due_callbacks()
    assert classes() == ["100012345", "7", "8"]


def test_who_is_known_is_known_while_the_database_hangs(
    web: Client, school: Enterprise, settings: Any
) -> None:
    settings.CALLBACK_DATABASE_TIMEOUT_S = 0.5
    [(token, sender)] = ingestion._sender_cache.items()
    ingestion._sender_cache[token] = replace(sender, loaded_at=sender.loaded_at - ingestion.KEY_CACHE_S - 1)
    with database_hangs():
        answer = post(web, address(school), {"event": "class_over", "data": {"class_id": 7}})
    assert answer.json() == {"error_code": 0}


def test_the_limit_is_over_with_what_it_was_for(web: Client, school: Enterprise, settings: Any) -> None:
    settings.CALLBACK_DATABASE_TIMEOUT_S = 0.2
    with database_timeout.limit_database_time():
        assert Enterprise.objects.count() == 1
    time.sleep(0.4)
    assert not database_timeout.is_unresponsive()
    assert Enterprise.objects.count() == 1
