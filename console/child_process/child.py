"""The child process: the file is standard input, and each line of standard output is a message.

{"value": …}         a value that the function yielded
{"done": true}       the function has finished
{"refused": code}    the function raised FileRejected
{"failed": where}    the function raised anything else: type and line of the error, no content of the file
"""

import io
import json
import os
import resource
import sys
from importlib import import_module
from typing import Any

from console.child_process.refusal import failure_message

BUFFER_BYTES = 1 << 16


class PositionedFile(io.RawIOBase):
    """A file read by position. The parent shares the descriptor's offset, so the offset is not moved."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor, self.position = descriptor, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        starts = {os.SEEK_SET: 0, os.SEEK_CUR: self.position, os.SEEK_END: os.fstat(self.descriptor).st_size}
        place = starts[whence] + offset
        if place < 0:
            raise ValueError("negative position")
        self.position = place
        return place

    def tell(self) -> int:
        return self.position

    def readinto(self, buffer: Any) -> int:
        found = os.pread(self.descriptor, len(buffer), self.position)
        buffer[: len(found)] = found
        self.position += len(found)
        return len(found)


def main() -> None:
    request = json.loads(sys.argv[2])
    set_limits(request["limits"])
    try:
        module, _, name = request["function"].partition(":")
        with io.BufferedReader(PositionedFile(0), BUFFER_BYTES) as file:
            for value in getattr(import_module(module), name)(file, *request["arguments"]):
                send_message({"value": value})
        send_message({"done": True})
    except BrokenPipeError:
        os._exit(0)  # the parent has stopped reading; a normal exit would report unflushed output
    except Exception as error:
        send_message(failure_message(error))


def set_limits(limits: dict[str, int]) -> None:
    """Set each limit (RLIMIT_…) permanently; a lower existing limit is kept."""
    for name, most in limits.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def send_message(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()
