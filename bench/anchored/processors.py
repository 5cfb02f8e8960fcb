"""How much of the processors each part of the console took, from /proc: printed with what it did for it."""

import os
import time
from collections import Counter
from pathlib import Path

#: A part, and what stands in the command of its processes.
PARTS = {"workers": "celery", "web": "granian", "PostgreSQL": "postgres"}
TICKS = os.sysconf("SC_CLK_TCK")


class Spent:
    """Processors that the parts take from now on."""

    def __init__(self) -> None:
        self.began, self.before = time.monotonic(), _seconds()

    def told(self) -> dict[str, float]:
        """Processors on average, by part. Those of a process that has ended count with its parent."""
        lasted, now = time.monotonic() - self.began, _seconds()
        return {part: (now[part] - self.before[part]) / lasted for part in PARTS}


def _seconds() -> Counter[str]:
    spent: Counter[str] = Counter()
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
