"""The database gone away for a while, for this process alone."""

import contextlib
from collections.abc import Iterator

from django.db import connection


@contextlib.contextmanager
def database_away() -> Iterator[None]:
    """No server answers any more: connections that are open break, new ones are refused."""
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict["OPTIONS"] = {**options, "port": "1"}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = options
