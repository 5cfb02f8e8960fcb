"""A function over a file that strangers sent runs apart, and what it does there harms nobody."""

import io
import logging
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import billiard
import pytest

from console.child_process.refusal import FileRejected
from console.child_process.runner import ProcessFailed, ProcessLimits, run

LIMITS = ProcessLimits(memory=300_000_000, cpu_s=10, wait_s=30)
FUNCTIONS = "tests.console.child_process.functions"


def results(name: str, *arguments: Any, content: bytes = b"abc", limits: ProcessLimits = LIMITS) -> list[Any]:
    return list(run(f"{FUNCTIONS}:{name}", io.BytesIO(content), *arguments, limits=limits, result=Any))


def failure(name: str, *arguments: Any, **more: Any) -> str:
    with pytest.raises(ProcessFailed) as failed:
        results(name, *arguments, **more)
    return str(failed.value)


def test_what_the_function_yields_comes_back_one_by_one() -> None:
    assert results("count", 5) == [0, 1, 2, 3, 4]
    assert results("echo", "姓名\n", 7, ["a"], {"b": None}) == [["姓名\n", 7, ["a"], {"b": None}]]


def test_a_file_on_disk_is_read_from_its_beginning_and_stays_where_it_is() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * 200_000)
        file.seek(70_000)
        before = file.read(10)
        assert list(run(f"{FUNCTIONS}:length", file, limits=LIMITS, result=int)) == [200_000]
        assert (before, file.tell(), len(file.read())) == (b"x" * 10, 70_010, 129_990)


def test_a_refusal_passes_through_with_its_code() -> None:
    with pytest.raises(FileRejected) as refused:
        results("refuse", "nested")
    assert refused.value.code == "nested"


def test_an_error_names_its_kind_and_place_and_nothing_of_the_file(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        said = failure("stumble", content=b"Bob's phone")
    assert said.startswith("ValueError at ")
    assert "functions.py:" in said
    assert "phone" not in said + caplog.text
    assert f"{FUNCTIONS}:stumble did not finish" in caplog.text


def test_an_endless_loop_ends_with_its_processor_time() -> None:
    began = time.monotonic()
    assert failure("spin", limits=LIMITS._replace(cpu_s=1)) in ("ended by SIGXCPU", "ended by SIGKILL")
    assert time.monotonic() - began < 20


def test_a_process_that_only_waits_ends_with_the_parent_s_patience() -> None:
    assert failure("sleep", limits=LIMITS._replace(wait_s=1)) == "it took too long"


def test_a_reader_that_takes_its_time_is_not_counted() -> None:
    found = run(f"{FUNCTIONS}:count", io.BytesIO(), 3, limits=LIMITS._replace(wait_s=2), result=int)
    next(found)
    time.sleep(2.5)
    assert list(found) == [1, 2]


def test_more_memory_than_allowed_is_not_given() -> None:
    assert results("fill_memory", 100_000_000) == [100_000_000]
    assert failure("fill_memory", 400_000_000).startswith("MemoryError")


def test_a_file_without_end_is_not_written(tmp_path: Path) -> None:
    assert failure("fill_the_disk", str(tmp_path / "a")).startswith("OSError")
    assert (tmp_path / "a").stat().st_size <= 64_000_000


def test_a_crash_is_a_failure_of_the_file_and_not_of_the_console() -> None:
    assert failure("die") == "ended by SIGSEGV"


def test_what_is_no_message_and_one_without_end_are_failures() -> None:
    assert failure("babble") == "a message is too long"
    assert failure("fill_memory", "no number").startswith("TypeError")


def test_the_process_has_no_secret_no_socket_and_no_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    with socket.socket() as held:
        held.set_inheritable(True)
        (found,) = results("environment")
    assert set(found["names"]) <= {"LC_CTYPE", "LD_LIBRARY_PATH", "TMPDIR"}
    assert found["django"] == []
    assert found["sockets"] == []


@pytest.mark.parametrize("name", ["console.sheets.table_parser", "documents.files.content_checks"])
def test_what_parses_uploads_imports_nothing_of_django(name: str) -> None:
    (found,) = run(f"{FUNCTIONS}:imported", io.BytesIO(), name, limits=LIMITS, result=list)
    assert found == []


def test_no_process_is_left_whether_it_is_read_to_its_end_or_not(children: Callable[[], list[Any]]) -> None:
    found = run(f"{FUNCTIONS}:count", io.BytesIO(), 1_000_000, limits=LIMITS, result=int)
    next(found)
    assert children()
    found.close()
    results("count", 1)
    failure("die")
    assert not children()


def test_it_works_in_many_threads_at_once() -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(results("count", 100))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [list(range(100))] * 8


@pytest.mark.parametrize("context", [billiard, get_context("fork")], ids=["celery", "python"])
def test_it_works_in_a_worker_that_may_have_no_children(context: Any) -> None:
    """Workers of Celery are daemons: a child of `multiprocessing` is forbidden to them."""
    queue = context.SimpleQueue()
    worker = context.Process(target=lambda: queue.put(results("count", 3)), daemon=True)
    worker.start()
    assert queue.get() == [0, 1, 2]
    worker.join()
