"""The files of the container, as far as they can be read without an engine."""

import re
import shutil
import subprocess
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


def test_everything_is_copied_before_make_is_called() -> None:
    assert "COPY . .\n" in IMAGE.partition("RUN make install")[0]


def test_the_image_has_what_backups_need_and_rests_on_debian_alone() -> None:
    last = IMAGE.rpartition("FROM ")[2]
    assert "postgresql-client" in last
    bases = re.findall(r"^FROM (\S+)", IMAGE, re.MULTILINE)
    assert set(bases) == {"${BASE}"}
    assert re.search(r"^ARG BASE=docker.io/library/debian:", IMAGE, re.MULTILINE)


def test_building_without_its_programs_says_what_to_install(tmp_path: Path) -> None:
    for program in ("sh", "dirname"):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    done = subprocess.run(
        [FOLDER / "build"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr == (
        "mmdebstrap is missing: install it (on Debian: apt-get install buildah mmdebstrap netavark).\n"
    )


@pytest.mark.parametrize("program", ["worker", "messages", "beat"])
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
    for program in ("web", "worker", "messages", "beat"):
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
