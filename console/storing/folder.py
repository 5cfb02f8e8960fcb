"""Files in a folder of ours; what comes in pieces grows there, from where it was cut off."""

import os
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

PIECE = 1 << 18


@deconstructible(path="console.storing.folder.Folder")
class Folder(FileSystemStorage):
    """A folder that is served by views alone."""

    direct = False
    origin = ""

    def address(self, name: str, **_: Any) -> str:
        return ""

    def stream(self, name: str) -> Any:
        return self.open(name, "rb")

    def begin(self, name: str) -> str:
        """An empty file to be grown; the ticket is needed by buckets alone."""
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(0o600)
        return ""

    def received(self, name: str, ticket: str) -> int:
        """How many bytes have come. FileNotFoundError where it was abandoned."""
        return Path(self.path(name)).stat().st_size

    def grow(self, name: str, offset: int, body: IO[bytes], length: int) -> int:
        """Write what comes of a piece, as it comes, and tell how much there is then.

        Two that send the same file write the same bytes to the same places, so neither waits for the other.
        """
        with Path(self.path(name)).open("r+b") as file:
            file.seek(offset)
            left = length
            while left and (piece := body.read(min(PIECE, left))):
                file.write(piece)
                file.flush()
                left -= len(piece)
            return os.fstat(file.fileno()).st_size

    def join(self, name: str, ticket: str) -> None:
        """It lies there as one already."""

    def abandon(self, name: str, ticket: str) -> None:
        self.delete(name)
