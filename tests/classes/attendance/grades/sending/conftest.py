"""A OneRoster service in a process of its own, and a school whose kids came from it, but one."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.imports.one_roster.service.settings import save_connection
from accounts.models import Enterprise, GroupMembership, RosterConnection, SourcedId, StudentGroup, User
from classes.attendance.grades.services import fix_grades
from classes.models import Course, GradeRevision, Term
from console.jobs import runner
from console.jobs.models import Job
from console.vault.secret import Secret
from tests.accounts.imports.one_roster.one_roster_examples import example
from tests.support import one_roster_server


class Gradebook:
    """The service, what it keeps, and how it misbehaves."""

    def __init__(self, file: Path, version: str, alice: User) -> None:
        self.file, self.version, self.alice = file, version, alice
        self.records, self.faults = example(version), dict[str, Any]()
        self.write()

    def write(self) -> None:
        data = {"id": "console", "secret": "very secret", "version": self.version, "records": self.records}
        self.file.write_text(json.dumps({**data, **self.faults}))

    def misbehave(self, **faults: Any) -> None:
        self.faults = faults
        self.write()

    def connect(self, address: str) -> RosterConnection:
        self.address = address
        return save_connection(
            school=self.alice.enterprise,  # type: ignore[arg-type]
            by=self.alice,
            version=self.version,
            url=address + one_roster_server.ROOTS[self.version],
            token_url=f"{address}/token",
            client_id="console",
            client_secret=Secret("very secret"),
        )

    def kept(self, collection: str) -> list[dict[str, Any]]:
        """What the service has, as anybody with a token reads it."""
        address = f"{self.address}{one_roster_server.GRADEBOOKS[self.version]}{collection}"
        headers = {"Authorization": f"Bearer {one_roster_server.TOKEN}"}
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            found: list[dict[str, Any]] = json.load(answer)[collection]
        return found

    def scores(self) -> dict[str, Any]:
        return {one["student"]["sourcedId"]: one.get("score") for one in self.kept("results")}


@pytest.fixture(params=["1.1", "1.2"])
def gradebook(request: Any, alice: User, tmp_path: Path, settings: Any) -> Iterator[Gradebook]:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    made = Gradebook(tmp_path / "data.json", request.param, alice)
    with one_roster_server.running(made.file) as address:
        made.connect(address)
        yield made


@pytest.fixture
def linked(school: Enterprise, course: Course, term: Term, marked: list[User]) -> list[User]:
    """Kid1, Kid2 and Kid3 of class k-1; Kid3 has no OneRoster ID."""
    group = StudentGroup.objects.create(enterprise=school, name="Class 7A")
    GroupMembership.objects.bulk_create(GroupMembership(group=group, student=kid) for kid in marked)
    course.groups.add(group)
    links = [("class", "k-1", group.pk), ("session", "t-1", term.pk)]
    links += [("user", "u-2", marked[0].pk), ("user", "u-3", marked[1].pk)]
    for kind, sourced_id, target in links:
        SourcedId.objects.create(enterprise=school, kind=kind, sourced_id=sourced_id, target=target)
    return marked


@pytest.fixture
def revision(course: Course, term: Term, alice: User, linked: list[User]) -> GradeRevision:
    return fix_grades(course=course, term=term, by=alice)


def run_jobs() -> Job:
    """Run every due step, also those that were put off; return the newest job."""
    for _pause in range(8):
        Job.objects.update(due_at=timezone.now())
        runner.run_due_jobs()
    newest = Job.objects.order_by("-id").first()
    assert newest is not None
    return newest
