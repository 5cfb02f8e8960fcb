"""The files of the container, as far as they can be read without an engine."""

import re

import pytest
import yaml

from tests.architecture.repository import committed, name
from tests.support.environment import ROOT

FOLDER = ROOT / "deploy/container"
IMAGE = (FOLDER / "Containerfile").read_text()
UNITS = ROOT / "deploy/systemd"


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
