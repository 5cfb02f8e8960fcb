"""The files of the container, as far as they can be read without an engine."""

import re
from pathlib import Path

import pytest
import yaml

from tests.architecture.repository import committed, name
from tests.deploy.build_context import files_of, kept
from tests.support.environment import ROOT

FOLDER = ROOT / "deploy/container"
IMAGE = (FOLDER / "Containerfile").read_text()
UNITS = ROOT / "deploy/systemd"
IGNORED = (FOLDER / "Containerfile.dockerignore").read_text()
#: What lies about on a machine that builds an image, and must not become a part of it.
PRIVATE = [
    *(".env", ".env.production", "deploy/container/.env", "deploy/container/console.env", "console.env"),
    *("var/embedded/keys.env", "var/media/courseware/x.pdf", "deploy/nginx/privkey.pem", "tls/server.key"),
    *("console.dump", "backups/database.dump", ".git/config", ".venv/bin/python", "tests/conftest.py"),
    *("node_modules/x/index.js", "console/__pycache__/env.pyc", ".mypy_cache/x", "beat.log"),
]


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]


def test_everything_that_the_image_copies_is_there():
    known = {name(path) for path in committed()}
    for sources in re.findall(r"^COPY (?!--)(.+) \S+$", IMAGE, re.MULTILINE):
        for source in sources.split():
            assert source == "." or any(path.split("/")[0] == source for path in known), source


def test_what_make_needs_is_copied_before_it_is_called():
    before = IMAGE.partition("RUN make install")[0]
    makefile = (ROOT / "Makefile").read_text()
    needed = re.findall(r"^(?:\.venv/\.run|node_modules/\.installed): (.+?)(?: \||$)", makefile, re.MULTILINE)
    assert needed
    assert all(file in before for line in needed for file in line.split())


@pytest.mark.parametrize("program", ["worker", "beat"])
def test_a_program_runs_with_the_command_of_its_unit(services, program):
    unit = (UNITS / f"iclass-console-{program}.service").read_text()
    command = re.search(r"^ExecStart=/opt/iclass-console/(.+)$", unit, re.MULTILINE)[1]
    assert services[program]["command"] == command.split()


def test_web_runs_with_the_command_of_its_unit():
    unit = (UNITS / "iclass-console-web.service").read_text()
    command = re.search(r"^ExecStart=/opt/iclass-console/(.+)$", unit, re.MULTILINE)[1]
    told = re.sub(r'[\[\]",\\\s]+', " ", IMAGE.partition("CMD ")[2]).strip()
    assert told == command.replace("127.0.0.1", "0.0.0.0")


def test_only_the_web_is_reached_and_from_this_machine_alone(services):
    assert {each: one["ports"] for each, one in services.items() if "ports" in one} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_nothing_starts_before_the_tables_are_there(services):
    for program in ("web", "worker", "beat"):
        assert services[program]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_no_image_holds_keys_or_data(tmp_path: Path) -> None:
    for file in PRIVATE:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("secret")
    assert kept(files_of(tmp_path), IGNORED) == []


def test_an_image_holds_everything_that_the_console_needs() -> None:
    known = [name(path) for path in committed()]
    taken = set(kept(known, IGNORED))
    programs = ("accounts/", "classes/", "console/", "documents/", "templates/", "static/", ".ci/")
    left_out = {file for file in known if file not in taken}
    assert [file for file in left_out if file.startswith(programs)] == []
    needed = {"manage.py", "Makefile", "requirements.txt", "package-lock.json", ".npmrc", ".env.example"}
    assert needed <= taken


def test_engines_that_know_only_the_root_leave_out_the_same() -> None:
    assert (ROOT / ".dockerignore").read_text() == IGNORED


def test_the_rules_of_an_engine_are_those_that_it_documents() -> None:
    files = ["a", "b/a", "b/c/a", "b.txt", "b/x.txt"]
    assert kept(files, "a") == ["b/a", "b/c/a", "b.txt", "b/x.txt"]
    assert kept(files, "**/a") == ["b.txt", "b/x.txt"]
    assert kept(files, "b") == ["a", "b.txt"]
    assert kept(files, "*.txt") == ["a", "b/a", "b/c/a", "b/x.txt"]
    assert kept(files, "**/*.txt\n!b/x.txt") == ["a", "b/a", "b/c/a", "b/x.txt"]
    assert kept(files, "# nothing\n\n") == files
