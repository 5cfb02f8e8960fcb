"""CPU usage of each part of the console, from /proc."""

import os
import time
from pathlib import Path

#: The parts, each with a word that identifies the command lines of its processes.
PARTS = {"workers": "celery", "web": "granian", "PostgreSQL": "postgres"}
TICKS = os.sysconf("SC_CLK_TCK")


class Spent:
    """Processors that the parts take from now on."""

    def __init__(self) -> None:
        self.began, self.before = time.monotonic(), _seconds()

    def averages(self) -> dict[str, float]:
        """Processors on average, by part. Those of a process that has ended count with its parent."""
        lasted, now = time.monotonic() - self.began, _seconds()
        return {part: (now[part] - self.before[part]) / lasted for part in PARTS}


def _seconds() -> dict[str, float]:
    spent = dict.fromkeys(PARTS, 0.0)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            figures = (folder / "stat").read_text().rpartition(")")[2].split()[11:15]
        except OSError:  # it has ended
            continue
        for part, word in PARTS.items():
            if word in command:
                spent[part] += sum(map(int, figures)) / TICKS
                break
    return spent
