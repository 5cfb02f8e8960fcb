"""File locks that the kernel releases when their last process ends."""

import fcntl
import os
import time
from pathlib import Path

from console.embedded.errors import EmbeddedError


class FileLock:
    """A lock on one file, shared or exclusive. Not for several threads.

    The file is opened close-on-exec: programs started by a holder do not inherit the lock, forked children
    do.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def share(self, seconds: float) -> None:
        """Take the lock shared; EmbeddedError if it stays exclusively locked for longer than `seconds`."""
        until = time.monotonic() + seconds
        while not self._try(fcntl.LOCK_SH):
            if time.monotonic() > until:
                raise EmbeddedError(f"{self.path} stays locked by another process; end that process first.")
            time.sleep(0.02)

    def try_exclusive(self) -> bool:
        return self._try(fcntl.LOCK_EX)

    def unlock(self) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._fd)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
