"""Pictures of pages for the documentation, made small by `pngquant` (Debian has it)."""

import shutil
import subprocess
from typing import Any


def save_screenshot(page: Any, file: str, **how: Any) -> None:
    """A picture of the page as it stands; `how` as for Playwright's `screenshot`."""
    assert shutil.which("pngquant"), "apt-get install pngquant"
    page.screenshot(path=file, animations="disabled", **how)
    smaller = ["--quality", "70-95", "--speed", "1", "--strip", "--force", "--output", file, file]
    subprocess.run(["pngquant", *smaller], check=True)
