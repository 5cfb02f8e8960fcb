"""The mock service of the bench (`bench/service.py`) as a child process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.figures import ROOT


@contextmanager
def service(wait_ms: float) -> Iterator[tuple[str, int]]:
    """Yield its address, and the start time of its lessons (Unix seconds)."""
    command = [sys.executable, "-m", "bench.service", str(wait_ms)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert running.stdout is not None
        _, _, address, began = running.stdout.readline().split()
        yield address, int(began)
    finally:
        running.terminate()
        running.communicate()
