"""The error of the embedded servers, and the exit with its message."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EmbeddedError(Exception):
    """One or two sentences: the problem and what to do next. To be shown without a traceback."""


def data_folder_error(data: Path, error: OSError) -> EmbeddedError:
    """Return the sentence about what the operating system refused below the data folder `data`."""
    path = f"{error.filename}: " if error.filename and Path(error.filename) != data else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "Make space on its disk, then start again."
    else:
        remedy = "Set CONSOLE_DATA to a folder that this user may write."
    return EmbeddedError(f"The data folder {data} cannot be used: {path}{error.strerror}. {remedy}")


@contextmanager
def exit_with_message(data: Path) -> Iterator[None]:
    """Exit with a message where the servers or the data folder `data` cannot be used."""
    try:
        yield
    except EmbeddedError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(str(data_folder_error(data, error)))
