"""The site of the documentation: built without a warning, nothing from elsewhere, all of REST."""

import re
import subprocess
import sys

import pytest
from drf_spectacular.settings import spectacular_settings

from tests.support.environment import ROOT

# The first test of a worker builds the site, which takes a minute where nothing else runs.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    source = ROOT / "docs"
    subprocess.run([sys.executable, str(source / "reference.py")], cwd=ROOT, check=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "-d", str(folder / "trees")]
    done = subprocess.run([*command, str(source), str(folder / "html")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_on_the_site(site):
    pages = [path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")]
    assert [str(page) for page in pages if not (site / page).exists()] == []


def test_it_loads_nothing_from_elsewhere(site):
    loaded = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=\"(https?:)?//")
    assert [page.name for page in site.rglob("*.html") if loaded.search(page.read_text())] == []


def test_the_reference_names_every_address_of_rest(site):
    told = (site / "api.html").read_text()
    paths = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)["paths"]
    assert len(paths) > 20
    assert [path for path in paths if path not in told] == []
