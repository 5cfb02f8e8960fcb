"""Packages needed by benchmarks only (`bench/requirements.txt`), in a separate folder."""

import subprocess
import sys
from pathlib import Path

from bench.figures import ROOT

FOLDER = ROOT / "var" / "bench-packages"
LOCK = ROOT / "bench" / "requirements.txt"


def folder() -> Path:
    """Return the folder; install the packages first if needed, from pip's configured index."""
    stamp = FOLDER / "installed"
    if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        chosen = ["--require-hashes", "--no-deps", "--target", str(FOLDER), "-r", str(LOCK)]
        subprocess.run([*pip, *chosen], check=True)
        stamp.write_bytes(LOCK.read_bytes())
    return FOLDER
