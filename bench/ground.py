"""The environment of a benchmark: own servers, an empty database, and Django set up.

`python -m bench.ground NAME [SIZE]` runs `measure(quick)` of `bench/anchored/NAME.py` in it. With `quick` it
runs everything at a small size and does not write the page of figures.
"""

import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from bench.figures import ROOT
from console import embedded


@contextmanager
def ground(service: str = "http://127.0.0.1:9") -> Iterator[Path]:
    """Yield a data folder with a migrated database and a broker, for this process and its children.

    `service` is the base URL of the iclass service.
    """
    folder = Path(tempfile.mkdtemp(prefix="console-bench-"))
    folder.chmod(0o711)  # the database's user needs access
    os.environ |= {
        "CONSOLE_DATA": str(folder),
        "DATABASE_URL": "",
        "CELERY_BROKER_URL": "",
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DEBUG": "false",
        "LOG_LEVEL": "ERROR",
        "ICLASS_BASE_URL": service,
        "PUBLIC_URL": "http://127.0.0.1:8000",
    }
    embedded.start_servers(ROOT)
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        yield folder
    finally:
        embedded.release(folder)
        server_paths = embedded.data_paths(folder)
        until = time.monotonic() + 15
        while server_paths.control_socket.exists() and time.monotonic() < until:
            time.sleep(0.05)
        shutil.rmtree(folder, ignore_errors=True)


def main(name: str, quick: bool) -> int:
    with ground():
        missed: int = importlib.import_module(f"bench.anchored.{name}").measure(quick)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "quick" in sys.argv[2:]))
