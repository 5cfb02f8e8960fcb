"""E-mail that works, and Alice, who has an address."""

import pytest
from django.utils import translation

from accounts.models import StudentGroup, User
from classes.attendance.reports.schedules.services import create_schedule
from classes.models import ReportSchedule


@pytest.fixture(autouse=True)
def mail(settings):
    settings.EMAIL_IS_SET_UP = True
    settings.PUBLIC_URL = "https://console.example"
    with translation.override("en"):
        yield


@pytest.fixture
def alice(alice: User) -> User:
    alice.e_mail, alice.language = "alice@wonderland.example", "en"
    alice.save(update_fields=["e_mail", "language"])
    return alice


@pytest.fixture
def weekly(alice: User) -> ReportSchedule:
    """The report of the school, each Monday, to Alice."""
    return create_schedule(person=alice, group=None, every="week", by=alice)


@pytest.fixture
def year7(kids: list[User]) -> StudentGroup:
    return StudentGroup.objects.get(name="Year 7")
