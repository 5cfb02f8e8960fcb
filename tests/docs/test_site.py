"""The site of the documentation: built without a warning, nothing from elsewhere, all of REST.

Of every four pages one is built, with FAULTS=full all.
"""

import io
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.faults.sizes import FULL
from tests.support.environment import ROOT

DOCS = ROOT / "docs"
EVERY = 1 if FULL else 4
#: The first page, of which the others are parts, and the one that is written by a program.
ALWAYS = {DOCS / "index.md", DOCS / "api.md"}

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """What the console tells of its REST, as `docs/reference.py` asks for it."""
    described = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=described)
    told: dict[str, Any] = json.loads(described.getvalue())
    return told


@pytest.fixture(scope="module")
def pages(schema: dict[str, Any]) -> list[Path]:
    """The pages that are built, with that about REST."""
    if FULL:
        subprocess.run([sys.executable, str(DOCS / "reference.py")], cwd=ROOT, check=True)
    else:
        (DOCS / "api.md").write_text(runpy.run_path(str(DOCS / "reference.py"))["page"](schema))
    others = sorted({*DOCS.rglob("*.md")} - ALWAYS)
    return [*ALWAYS, *others[::EVERY]]


@pytest.fixture(scope="module")
def site(pages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    left_out = sorted({*DOCS.rglob("*.md")} - {*pages})
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "-d", str(folder / "trees")]
    if left_out:
        names = [str(page.relative_to(DOCS)) for page in left_out]
        command += ["-D", f"exclude_patterns={','.join(names)}"]
        command += ["-D", "suppress_warnings=myst.header,myst.xref_missing,toc.excluded"]
    done = subprocess.run([*command, str(DOCS), str(folder / "html")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_on_the_site(site: Path, pages: list[Path]) -> None:
    built = [page.relative_to(DOCS).with_suffix(".html") for page in pages]
    assert [str(page) for page in built if not (site / page).exists()] == []


def test_it_loads_nothing_from_elsewhere(site: Path) -> None:
    loaded = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=\"(https?:)?//")
    assert [page.name for page in site.rglob("*.html") if loaded.search(page.read_text())] == []


def test_the_reference_names_every_address_of_rest(site: Path, schema: dict[str, Any]) -> None:
    told = (site / "api.html").read_text()
    assert len(schema["paths"]) > 20
    assert [path for path in schema["paths"] if path not in told] == []
