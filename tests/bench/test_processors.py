"""The processor that parts of the console took, read off processes with such commands."""

import subprocess
import sys
import time

from bench.anchored.processors import Spent

BURN = "import time\nwhile time.process_time() < 0.6: pass"
THROUGH_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}]); input()"


def test_it_counts_a_process_by_its_command_and_what_its_ended_children_took() -> None:
    spent, began = Spent(), time.monotonic()
    command = [sys.executable, "-c", THROUGH_A_CHILD, "celery"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as worker:
        took = 0.0
        while took < 0.55 and time.monotonic() < began + 30:
            took = spent.averages()["workers"] * (time.monotonic() - began)
        worker.communicate("\n")
    assert 0.55 <= took < 5
