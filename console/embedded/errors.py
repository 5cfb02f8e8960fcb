"""The error of the embedded servers, and the exit with its message."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EmbeddedError(Exception):
    """One or two sentences: the problem and what to do next. To be shown without a traceback."""


@contextmanager
def exit_with_message(data: Path) -> Iterator[None]:
    """Exit with a message where the servers or the data folder `data` cannot be used."""
    try:
        yield
    except EmbeddedError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(
            f"The data folder {data} cannot be used: {error.strerror}. Set CONSOLE_DATA to another folder."
        )
