"""Notices that wait for guardians of Dina's, with the words of a section that was registered for them."""

import json
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Guardian, GuardianNotice, User
from accounts.people.guardians.services import add_guardian

FACT = {"lesson": 1, "topic": "Croquet", "at": "2026-11-24T12:00:00+08:00", "mark": "absent"}


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    """A mail server that keeps what it is given in `django.core.mail.outbox`."""
    settings.EMAIL_IS_SET_UP = True


@pytest.fixture
def ada(alice: User, dina: User) -> Guardian:
    return guardian_of(dina, alice)


def guardian_of(student: User, by: User, **fields: Any) -> Guardian:
    values = {
        "name": "Ada Liddell",
        "relation": "mother",
        "e_mail": "ada@wonderland.example",
        "language": "en",
    }
    return add_guardian(student=student, by=by, **values | fields)


def notice_for(guardian: Guardian, **fields: Any) -> GuardianNotice:
    values: dict[str, Any] = {
        "day": timezone.localdate(),
        "facts": json.dumps({"absences": [FACT]}),
        "lessons": [1],
    }
    return GuardianNotice.objects.create(enterprise=guardian.enterprise, guardian=guardian, **values | fields)
