"""Private files in a folder. Interrupted uploads resume at the end of the file."""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from console.storage import ReadableBody

CHUNK_BYTES = 1 << 18


@deconstructible(path="console.storage.filesystem.PrivateFileSystemStorage")
class PrivateFileSystemStorage(FileSystemStorage):
    """A folder whose files are served by views only."""

    direct = False
    origin = ""

    def signed_url(self, name: str, **_: Any) -> str:
        return ""

    def stream(self, name: str) -> Any:
        return self.open(name, "rb")

    def begin_upload(self, name: str) -> str:
        """Create an empty file. The returned ticket is empty, because only buckets need one."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
        return ""

    def received_bytes(self, name: str, ticket: str) -> int:
        """Return the number of bytes received. Raise FileNotFoundError if the upload was aborted."""
        return Path(self.path(name)).stat().st_size

    def write_chunk(self, name: str, offset: int, body: ReadableBody, length: int) -> int:
        """Write a chunk while it is received; return the size of the file.

        No lock is needed: concurrent senders of the same file write the same bytes at the same offsets.
        """
        with Path(self.path(name)).open("r+b") as file:
            file.seek(offset)
            remaining = length
            while remaining and (data := body.read(min(CHUNK_BYTES, remaining))):
                file.write(data)
                file.flush()
                remaining -= len(data)
            return os.fstat(file.fileno()).st_size

    def complete_upload(self, name: str, ticket: str) -> None:
        """Do nothing: the chunks are one file already."""

    def abort_upload(self, name: str, ticket: str) -> None:
        self.delete(name)
