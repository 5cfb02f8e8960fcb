"""What `/metrics` tells of all schools together."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Enterprise

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return Client().get("/metrics").content.decode().splitlines()


def test_what_keeps_lessons_from_being_made_is_counted(
    school: Enterprise, other_school: Enterprise, settings: Any
) -> None:
    assert "console_schools_without_private_key 2.0" in told()
    assert "console_im_administrator 1.0" in told()
    school.private_key = "k"
    school.save()
    settings.ICLASS_ADMIN_ID = ""
    assert "console_schools_without_private_key 1.0" in told()
    assert "console_im_administrator 0.0" in told()
