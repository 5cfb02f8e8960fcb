"""Which files a container engine takes into an image: what `.dockerignore` leaves of a folder.

Its rules (docs.docker.com, "Build context"): a line is a pattern of Go's filepath.Match, `**` stands for any
number of folders, `!` takes back in, the last line that fits decides, and what lies in a folder that fits is
left out with it.
"""

import re
from collections.abc import Iterable
from pathlib import Path


def kept(files: Iterable[str], ignored: str) -> list[str]:
    """The files (paths with slashes) that are sent to the engine."""
    lines = [line.strip() for line in ignored.splitlines()]
    rules = [_rule(line) for line in lines if line and not line.startswith("#")]
    return [file for file in files if not _is_left_out(file, rules)]


def _rule(line: str) -> tuple[bool, "re.Pattern[str]"]:
    takes_back = line.startswith("!")
    pattern = line.lstrip("!").strip("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]*\])", pattern)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    made = "".join(known.get(part, part if part.startswith("[") else re.escape(part)) for part in parts)
    return takes_back, re.compile(f"{made}(?:/.*)?")


def _is_left_out(file: str, rules: list[tuple[bool, "re.Pattern[str]"]]) -> bool:
    left_out = False
    for takes_back, pattern in rules:
        if pattern.fullmatch(file):
            left_out = not takes_back
    return left_out


def files_of(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
