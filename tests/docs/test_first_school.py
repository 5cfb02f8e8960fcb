"""README, "Another iclass service": its commands make somebody who can do the rest."""

import json
import os
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest

from accounts.models import Enterprise
from tests.support.cast import TIC_KEY
from tests.support.environment import ROOT
from tests.support.page_client import client_for
from tests.support.sandbox import Sandbox

PASSWORD = "through-the-looking-glass-6"
SECTION = re.compile(r"^## Another iclass service$(.*?)^## ", re.MULTILINE | re.DOTALL)
GIVEN = {"N": "1400000001", "S": "Wonderland", "U": "dodo"}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(200)]


def commands() -> list[list[str]]:
    """The words of each command in the section, with a school and a person in place of letters."""
    found = SECTION.search((ROOT / "README.md").read_text())
    assert found
    lines = [line for line in found[1].splitlines() if line.startswith("    .venv/bin/python ")]
    return [[sys.executable, *(GIVEN.get(word, word) for word in shlex.split(line)[1:])] for line in lines]


def typed(command: list[str], line: str, variables: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | variables, input=f"{line}\n", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_first_person_signs_in_and_sets_the_callback_address(
    program_variables: dict[str, str], iclass: Sandbox, settings: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    add_school, add_person = commands()
    school = typed(add_school, TIC_KEY, program_variables)
    person = typed(add_person, PASSWORD, program_variables)

    client = client_for()
    assert client.post("/sign-in/", {"username": person["login"], "password": PASSWORD}).status_code == 302
    page = client.get("/school/")
    assert page.status_code == 200
    assert 'action="/school/callback/"' in page.content.decode()
    assert client.post("/school/callback/").status_code == 302

    kept = Enterprise.objects.get(sdkappid=int(GIVEN["N"]))
    assert kept.call_back_url == kept.own_callback_url == school["callback_url"]
