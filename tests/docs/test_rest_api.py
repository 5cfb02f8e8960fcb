"""docs/rest-api.md: every example in it works as it stands, with a token and an address."""

import os
import re
import subprocess
import sys

import pytest

from accounts.models import StudentGroup, User
from console.notifications.models import NotificationPreference
from console.policy.tokens import issue_token
from tests.support.environment import ROOT

BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = {"bash": ["bash", "-eu", "-c"], "python": [sys.executable, "-c"]}
PAGE = (ROOT / "docs" / "rest-api.md").read_text()


@pytest.mark.timeout(200)
def test_every_example_works(alice: User, bob: User, live_server) -> None:
    variables = {**os.environ, "CONSOLE": live_server.url, "TOKEN": issue_token(alice)}
    blocks = BLOCK.findall(PAGE)
    assert len(blocks) == 6
    for language, text in blocks:
        done = subprocess.run(
            [*COMMANDS[language], text], env=variables, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        assert done.stdout.strip()
    assert sorted(StudentGroup.objects.values_list("name", flat=True)) == ["7A", "7B"]
    assert User.objects.filter(user_id__in=("li-wei", "wang-fang")).count() == 2
    assert NotificationPreference.objects.get(person=alice, topic="lessons").mail == "daily"


def test_both_languages_have_the_same_examples() -> None:
    assert BLOCK.findall((ROOT / "docs" / "rest-api.zh.md").read_text()) == BLOCK.findall(PAGE)


def test_every_change_of_the_api_has_its_version() -> None:
    table = PAGE.partition("### Changes of the API\n")[2]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert all(re.fullmatch(r"\| \d+\.\d+\.\d+", row[0]) and len(row) == 2 for row in rows)
