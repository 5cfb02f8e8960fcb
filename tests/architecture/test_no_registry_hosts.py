"""What is committed names no package registry and no machine: those are the choice of who installs."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environment import ROOT

# Written in pieces, for this file is searched too.
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "npmmirror" + ".com",
    "yarnpkg" + ".com",
    "deb.debian" + ".org",
    "security.debian" + ".org",
    "mirrors" + ".",
    "jsdelivr" + ".net",
    "unpkg" + ".com",
]
HOMES = ["/" + folder + "/" for folder in ("root", "work", "home/[a-z]", "Users/[a-zA-Z]")]


@pytest.fixture(scope="module")
def committed() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is not a clone")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry(committed: list[Path]) -> None:
    assert list(_found(committed, "|".join(map(re.escape, HOSTS)))) == []


def test_no_file_names_a_folder_of_one_machine(committed: list[Path]) -> None:
    assert list(_found(committed, rf"(?<![\w.])({'|'.join(HOMES)})")) == []


def _found(files: list[Path], pattern: str) -> Iterator[str]:
    """The places that match, in files that are text."""
    search = re.compile(pattern)
    for path in files:
        text = path.read_bytes().decode(errors="ignore")
        for number, line in enumerate(text.splitlines(), 1):
            if "\0" not in line and search.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
