"""What `/metrics` tells of all schools together."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Enterprise

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def told() -> list[str]:
    return Client().get("/metrics").content.decode().splitlines()


def test_what_keeps_lessons_from_being_made_is_counted(
    school: Enterprise, other_school: Enterprise, settings: Any
) -> None:
    assert "console_schools_without_private_key 2.0" in told()
    assert "console_im_administrator 1.0" in told()
    school.private_key = "k"
    school.save(update_fields=["private_key"])
    settings.ICLASS_ADMIN_ID = ""
    assert "console_schools_without_private_key 1.0" in told()
    assert "console_im_administrator 0.0" in told()


def test_the_age_of_each_queue_and_the_version_are_told(school: Enterprise) -> None:
    lines = told()
    for queue in ("operations", "callbacks", "jobs"):
        assert f'console_queue_late_seconds{{queue="{queue}"}} 0.0' in lines
    stands = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert stands
    assert f'console_release{{version="{stands[1]}"}} 1.0' in lines
