"""Workers are killed while notices to guardians are made and leave: one a day, sent once or shown as such."""

from collections import Counter
from datetime import time, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import GuardianNotice
from accounts.people.guardian_notices.services import save_settings
from accounts.people.guardians.services import add_guardian
from classes.models import Attendance
from tests.classes.factories import create_finished_lesson, create_students
from tests.faults.goals import goal
from tests.faults.processes import ForkRunner
from tests.faults.sizes import dice, size

PLAN = "classes.attendance.guardian_notices.planning:plan_due_notices"
DELIVER = "accounts.people.guardian_notices.sending:deliver_due_notices"
POINTS = ("guardian_notices.claimed", "guardian_notices.answered")
pytestmark = pytest.mark.timeout(size(full=3600, ci=300))


def tell_guardians_of(school: Any, office: Any, teacher: Any, students: int) -> None:
    """Let so many students, with a guardian each, be absent from a lesson."""
    save_settings(school=school, by=office, is_on=True, notify_at=time(0))
    people = create_students(school, students, "Year 7")
    for number, student in enumerate(people):
        add_guardian(
            student=student,
            by=office,
            name="Ada",
            relation="mother",
            e_mail=f"guardian{number}@wonderland.example",
            language="en",
        )
    lesson = create_finished_lesson(teacher, final_at=timezone.now() + timedelta(seconds=1))
    Attendance.objects.bulk_create(
        Attendance(
            lesson=lesson,
            user_id=one.user_id,
            person=one,
            role="student",
            mark="absent",
            provisional=False,
        )
        for one in people
    )


def test_no_kill_doubles_a_notice_or_loses_one(
    forge: ForkRunner, alice: Any, bob: Any, settings: Any, tmp_path: Path
) -> None:
    kills, chosen = size(full=300, ci=6), dice("guardian notices")
    settings.EMAIL_IS_SET_UP = True
    # A lease of no length: a dead worker's rows are free at once.
    values = {
        "EMAIL_IS_SET_UP": True,
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(tmp_path),
        "LEASE_S": 0,
    }
    tell_guardians_of(alice.enterprise, alice, bob, students=2 * kills)
    planned = sum(forge.killed(PLAN, at="guardian_notices.planned", settings=values) for _ in range(3))
    assert not GuardianNotice.objects.exists(), "a plan that was killed leaves nothing behind"
    assert forge.run(PLAN, settings=values) == 2 * kills
    assert forge.run(PLAN, settings=values) == 0
    killed = 0
    for _ in range(kills):
        forget_attempts()
        killed += forge.killed(DELIVER, at=chosen.choice(POINTS), settings=values)
    forget_attempts()
    while forge.run(DELIVER, settings=values):
        forget_attempts()
    sent = Counter(
        str(message_from_bytes(part)["To"])
        for path in tmp_path.iterdir()
        for part in path.read_bytes().split(b"-" * 79 + b"\n")
        if part.strip()
    )
    states = Counter(GuardianNotice.objects.values_list("delivery", flat=True))
    goal("guardian notices", kills=planned + killed, notices=2 * kills, sent=len(sent), **states)
    assert (planned, killed) == (3, kills)
    assert set(sent.values()) == {1}, "sent twice"
    assert states["delivered"] + states["unknown"] == 2 * kills
    assert states["unknown"] == kills, "what perhaps left is shown as such"
    assert states["delivered"] <= len(sent) <= 2 * kills


def forget_attempts() -> None:
    """As if the minute were over in which only so many may leave."""
    GuardianNotice.objects.update(attempted_at=None)
