"""Many people from one XLSX get password links by e-mail while the worker is killed: each is told once."""

import time
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.bulk.job import BULK_JOB
from accounts.bulk.services import LINKS_AT_A_TIME
from accounts.models import Enterprise, PasswordLink, PeopleImport, User
from console.jobs.models import Job
from console.jobs.runner import run_due_jobs
from console.notifications.email_delivery import send_due_emails
from console.sheets.columns import Column
from console.sheets.xlsx_writer import write_xlsx
from tests.faults.goals import goal
from tests.faults.processes import LONG_AGO, ForkRunner
from tests.faults.sizes import FULL, dice, size
from tests.support.page_client import client_for

PEOPLE = size(full=500, ci=210)
KILLS = size(full=20, ci=3)
BATCHES = -(-PEOPLE // LINKS_AT_A_TIME)
#: All of it, the killed workers too, on a machine that does nothing else.
MOST_S = 60
COLUMNS = (
    Column("user_id", "User ID"),
    Column("name", "Name"),
    Column("role", "Role"),
    Column("mail", "E-mail"),
)
WORK = "console.jobs.runner:run_due_jobs"


def workbook() -> bytes:
    rows = [
        {
            "user_id": f"new-{number}",
            "name": f"Newcomer {number}",
            "role": "student",
            "mail": f"new-{number}@wonderland.example",
        }
        for number in range(PEOPLE)
    ]
    with write_xlsx(rows, COLUMNS, "People", zone=ZoneInfo("Asia/Shanghai")) as file:
        return file.read()


def free_lease() -> None:
    """Let the lease of a dead worker be over, as it would be by and by."""
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=LONG_AGO)


@pytest.mark.usefixtures("english", "forge")
def test_everybody_of_a_file_is_told_once_although_the_worker_is_killed(
    school: Enterprise, alice: User, forge: ForkRunner, settings: Any
) -> None:
    settings.EMAIL_IS_SET_UP = True
    began = time.monotonic()
    client = client_for(alice)
    file = SimpleUploadedFile("people.xlsx", workbook())
    client.post("/people/imports/new/", {"file": file})
    run_due_jobs()
    source = PeopleImport.objects.get()
    client.post(f"/people/imports/{source.pk}/apply/")
    run_due_jobs()
    address = f"/people/bulk/password/?source={source.pk}&link=nothing"
    asked = client.post(address, {"all": "yes"})
    assert asked.status_code == 200
    people = [str(person.pk) for person in asked.context["people"]]
    assert len(people) == PEOPLE
    client.post(address, {"chosen": people, "sure": "yes", "delivery": "email"})
    assert Job.objects.filter(kind=BULK_JOB).exists()
    places = dice("invitations")
    killed = 0
    for _ in range(KILLS):
        killed += forge.killed(WORK, at="people.linked", nth=places.randrange(1, BATCHES + 1))
        free_lease()
    run_due_jobs()
    run_due_jobs()
    send_due_emails()
    told = Counter(message.to[0] for message in mail.outbox)
    seconds = time.monotonic() - began
    waiting = PasswordLink.objects.filter(used_at=None, revoked_at=None)
    figures = {"told": len(told), "twice": sum(told.values()) - len(told), "links": waiting.count()}
    goal("invitations", people=PEOPLE, kills=killed, seconds=round(seconds), **figures)
    assert killed == KILLS
    assert figures == {"told": PEOPLE, "twice": 0, "links": PEOPLE}
    assert PasswordLink.objects.count() == PEOPLE
    assert not FULL or seconds < MOST_S
