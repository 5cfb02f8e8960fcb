"""`make bench`: run every benchmark in turn; each prints a line per goal. Fails if one is missed.

Each runs in its own process, so that none warms memory or settings of the next. Arguments select the
benchmarks whose name contains one of them: `python -m bench callback polling`. Those with a reference write
docs/benchmarks.md.
"""

import subprocess
import sys
import time

MEASUREMENTS = {
    "callback": ["bench.ground", "callbacks"],
    "polling live lessons": ["bench.ground", "polling"],
    "page of a room": ["bench.ground", "runtime_page"],
    "lists of 1,000,000 rows": ["bench.ground", "lists"],
    "growth by ten": ["bench.ground", "growth"],
    "sheets against XlsxWriter and openpyxl": ["bench.ground", "sheets"],
    "coverage of the document": ["bench.sandbox_coverage", "--check"],
    "signatures": ["bench.sandbox_signature"],
    "runtime page": ["bench.sandbox_runtime"],
    "generated requests": ["bench.sandbox_fuzz"],
    "generated requests at REST": ["bench.rest_fuzz"],
    "guesses at the door": ["bench.guesses"],
    "imports and exports": ["bench.imports"],
    "conflicts and dates of series": ["bench.conflicts"],
    "finding one of 100,000 people": ["bench.people"],
    "two statements of the rules of attendance": ["bench.rules"],
    "the register of a lesson of 500": ["bench.register"],
    "searching 100,000 recordings": ["bench.recordings"],
    "searching everything among 100,000 people": ["bench.search"],
    "the wall with 500 lessons": ["bench.wall"],
    "the report of 1,000,000 marks": ["bench.reports"],
    "warning rules and 1,000,000 marks": ["bench.thresholds"],
    "pages of 100,000 people and 1,000,000 marks": ["bench.pages"],
    "pages behind a pooler": ["bench.pooling"],
    "webhooks, 50 events a second": ["bench.webhooks"],
    "pages with charts": ["bench.ground", "charts"],
    "a term from one file": ["bench.timetable"],
    "start-up": ["bench.startup"],
    "a week of 2,000 lessons in a browser": ["bench.week"],
}


def main() -> int:
    missed, words = [], sys.argv[1:]
    for name, (module, *arguments) in MEASUREMENTS.items():
        if words and not any(word in name for word in words):
            continue
        began = time.monotonic()
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", module, *arguments]).returncode:
            missed.append(name)
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
    print(f"missed: {', '.join(missed)}" if missed else "every goal was met")
    return len(missed)


if __name__ == "__main__":
    sys.exit(main())
