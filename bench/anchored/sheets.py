"""Sheets: the export against a bare loop of XlsxWriter, the parser against openpyxl."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import extras
from bench.figures import ROOT, SEED, Figure, medians, ms, report

EXPORT_BAR, MEMORY_BAR, PARSE_BAR = 1.3, 10.0, 0.25
ALONE = "bench.sheetwork"


def run_child(what: str, file: Path, rows: int) -> tuple[float, float]:
    """Return the seconds and the peak memory (MiB) of an operation in its own process."""
    packages = os.pathsep.join([str(ROOT), str(extras.folder())])
    done = subprocess.run(
        [sys.executable, "-m", ALONE, what, str(file), str(rows)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": packages, "PYTHONHASHSEED": str(SEED)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    took, most = done.stdout.split()[-2:]
    return float(took), float(most)


def measure(quick: bool) -> int:
    rows, rounds = (2_000, 1) if quick else (100_000, 5)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "people.xlsx"
        ours, bare = medians(
            rounds, lambda: run_child("export", file, rows)[0], lambda: run_child("bare", file, rows)[0]
        )
        more = run_child("export", file, rows)[1] - run_child("export", file, rows // 10)[1]
        parsed = []
        for written, shape in (("export", "our own"), ("shared", "Excel's shape")):
            run_child(written, file, rows)
            parse, openpyxl = medians(
                rounds,
                lambda: run_child("parse", file, rows)[0],
                lambda: run_child("openpyxl", file, rows)[0],
            )
            name = f"parsing {rows:,} rows of XLSX, {shape}"
            parsed.append(Figure(name, ms(openpyxl), ms(parse), parse / openpyxl, PARSE_BAR))
    figures = [
        Figure(f"XLSX export of {rows:,} rows", ms(bare), ms(ours), ours / bare, EXPORT_BAR),
        Figure(
            "its memory beyond that of a tenth of the rows",
            "–",
            f"{more:.1f} MiB",
            more,
            MEMORY_BAR,
            sign=" MiB",
        ),
        *parsed,
    ]
    return report(
        "sheets", figures, ["Each run in a process of its own; imports are not counted."], keep=not quick
    )
