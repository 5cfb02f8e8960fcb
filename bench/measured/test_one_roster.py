"""A whole school in one zip: seconds until the preview, and memory.

ROSTER_USERS=10000 runs the full size: 10,000 people, 400 classes and 40,000 enrollments.
"""

import os
import resource
import time

import pytest

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.models import PeopleImport
from console.imports import services
from console.outbox.models import Operation
from tests.accounts.imports.one_roster.roster_files import Records, zip_of
from tests.support.anchor import bar_now

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

USERS = int(os.environ.get("ROSTER_USERS", "1000"))
MAX_SECONDS, MAX_BYTES = 20, 300_000_000


def large_school() -> Records:
    """Four enrollments of each student, and a teacher for every 20 people."""
    classes = max(USERS // 25, 4)
    users, roles, enrollments = [], [], []
    for number in range(USERS):
        role = "teacher" if number % 20 == 0 else "student"
        users.append(
            {
                "sourcedId": f"00000000-0000-4000-8000-{number:012}",
                "enabledUser": "true",
                "username": f"person.{number}",
                "givenName": f"Given{number}",
                "familyName": f"Family{number}",
                "email": f"person.{number}@school.example",
            }
        )
        user = users[-1]["sourcedId"]
        roles.append({"sourcedId": f"r{number}", "userSourcedId": user, "roleType": "primary", "role": role})
        for place in range(4):
            enrollments.append(
                {
                    "sourcedId": f"e{number}-{place}",
                    "classSourcedId": f"k{(number * 7 + place) % classes}",
                    "userSourcedId": user,
                    "role": role,
                    "primary": "false",
                }
            )
    return {
        "classes.csv": [
            {"sourcedId": f"k{number}", "title": f"Class {number}", "classType": "scheduled"}
            for number in range(classes)
        ],
        "users.csv": users,
        "roles.csv": roles,
        "enrollments.csv": enrollments,
    }


def preview(alice, path) -> tuple[PeopleImport, float]:
    began = time.monotonic()
    with path.open("rb") as file:
        source = ROSTER_IMPORT.create_import(file=file, filename="roster.zip", by=alice)
    services.check_import(ROSTER_IMPORT, source)
    return source, time.monotonic() - began


def test_a_whole_school_is_previewed_in_time_and_a_second_run_changes_nothing(alice, tmp_path):
    path = tmp_path / "roster.zip"
    path.write_bytes(zip_of(large_school()).getvalue())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source, seconds = preview(alice, path)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert source.counts["added"] == USERS
    began = time.monotonic()
    services.apply_import(ROSTER_IMPORT, source=source, by=alice)
    applied = time.monotonic() - began
    operations = Operation.objects.count()
    again, second = preview(alice, path)
    print(
        f"\npreview of {USERS} people: {seconds:.1f} s, {grown / 1e6:.0f} MB more; "
        f"applied in {applied:.1f} s; second preview {second:.1f} s"
    )
    assert again.counts["unchanged"] == USERS
    assert Operation.objects.count() == operations
    assert max(seconds, second) <= bar_now(MAX_SECONDS)
    assert grown <= MAX_BYTES
