"""Starts the child process and reads its messages, with limits on everything.

A thread of a web process must not fork, and a Celery worker may have no child of `multiprocessing`, so a new
interpreter is started, which works in both.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import UnsupportedOperation
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any, Generic, NamedTuple, TypeVar

import msgspec

from console.child_process.refusal import FileRejected

ROOT = str(Path(__file__).parents[2])
CHILD_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from console.child_process.child import main; main()"
)
#: Environment variables that an interpreter may need. No others are passed on: they include secrets.
INHERITED_VARIABLES = ("LD_LIBRARY_PATH", "TMPDIR")
#: Maximum size of files written by the process, such as a spooled part of an archive.
MAX_WRITTEN_BYTES = 64_000_000
MAX_MESSAGE_BYTES = 8_000_000
CHUNK = 1 << 18
log = logging.getLogger(__name__)
T = TypeVar("T")


class ProcessLimits(NamedTuple):
    """Bytes of memory, seconds of CPU time, and seconds that the parent waits in total."""

    memory: int
    cpu_s: int
    wait_s: float


class ProcessFailed(RuntimeError):
    """The process died or exceeded its limits; the first argument says which, for the log."""


class ChildMessage(msgspec.Struct, Generic[T]):
    value: T | msgspec.UnsetType = msgspec.UNSET
    done: bool = False
    refused: str = ""
    failed: str = ""


def run(
    function: str, file: IO[bytes], *arguments: Any, limits: ProcessLimits, result: type[T]
) -> Iterator[T]:
    """Yield what `function` ("package.module:name") yields for this file, each converted to `result`.

    Arguments and results are passed as JSON. Raises FileRejected as the function does, and ProcessFailed. The
    process ends with the iterator, even if it is not exhausted.
    """
    with file_descriptor(file) as source, _start(function, arguments, limits, source) as child:
        try:
            yield from _read_results(child, limits.wait_s, result)
        except ProcessFailed as failure:
            log.warning("%s did not finish: %s", function, failure)
            raise


@contextmanager
def file_descriptor(file: IO[bytes]) -> Iterator[int]:
    """Yield a descriptor from which another process can read the file; an in-memory file is written out."""
    with ExitStack() as opened:
        try:
            file.flush()
            descriptor = file.fileno()
        except (AttributeError, UnsupportedOperation):
            file.seek(0)
            copy = opened.enter_context(tempfile.TemporaryFile())
            copyfileobj(file, copy)
            copy.flush()
            descriptor = copy.fileno()
        yield descriptor


@contextmanager
def _start(
    function: str, arguments: tuple[Any, ...], limits: ProcessLimits, source: int
) -> Iterator["subprocess.Popen[bytes]"]:
    rlimits = {
        "RLIMIT_AS": limits.memory,
        "RLIMIT_CPU": limits.cpu_s,
        "RLIMIT_FSIZE": MAX_WRITTEN_BYTES,
        "RLIMIT_CORE": 0,
    }
    request = {"function": function, "arguments": arguments, "limits": rlimits}
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", CHILD_CODE, ROOT, json.dumps(request)],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ},
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None  # a pipe
        child.stdout.close()


def _read_results(child: "subprocess.Popen[bytes]", wait_s: float, result: type[T]) -> Iterator[T]:
    message_type: Any = ChildMessage
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(message_type[result])
    for line in _read_lines(child, wait_s):
        try:
            message = decoder.decode(line)
        except msgspec.DecodeError as error:
            raise ProcessFailed(f"unexpected message: {error}") from None
        if message.refused:
            raise FileRejected(message.refused)
        if message.failed:
            raise ProcessFailed(message.failed)
        if message.done:
            return
        yield message.value
    raise ProcessFailed(_exit_reason(child))


def _read_lines(child: "subprocess.Popen[bytes]", wait_s: float) -> Iterator[bytes]:
    """Yield the lines of the child. Only the parent's waiting time counts against the limit."""
    assert child.stdout is not None  # a pipe
    descriptor, pending = child.stdout.fileno(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while True:
            began = time.monotonic()
            if wait_s <= 0 or not selector.select(wait_s):
                raise ProcessFailed("it took too long")
            wait_s -= time.monotonic() - began
            if not (chunk := os.read(descriptor, CHUNK)):
                return
            *lines, pending = (pending + chunk).split(b"\n")
            yield from lines
            if len(pending) > MAX_MESSAGE_BYTES:
                raise ProcessFailed("a message is too long")


def _exit_reason(child: "subprocess.Popen[bytes]") -> str:
    try:
        status = child.wait(1)
    except subprocess.TimeoutExpired:
        return "it closed its output"
    return f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
