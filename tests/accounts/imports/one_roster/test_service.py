"""A OneRoster REST service, which runs in a process of its own: read, applied or waiting, and what fails."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.imports.one_roster.service import policy, runs
from accounts.imports.one_roster.service.settings import check_connection, save_connection
from accounts.models import Guardian, PeopleImport, RosterConnection, RosterPage, StudentGroup, User
from classes.models import Term
from console.imports import services
from console.jobs import runner
from console.jobs.models import Job
from console.notifications.models import Notification
from console.vault.secret import Secret
from tests.accounts.imports.one_roster.one_roster_examples import NEW, example
from tests.support import one_roster_server
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db


class Service:
    """The server, its records, and the school's connection to it."""

    def __init__(self, file, version, alice):
        self.file, self.version, self.alice = file, version, alice
        self.records, self.broken = example(version), []
        self.write()

    def write(self):
        data = {"id": "console", "secret": "very secret", "version": self.version, "broken": self.broken}
        self.file.write_text(json.dumps({**data, "records": self.records}))

    def connect(self, address, **more):
        fields = {
            "version": self.version,
            "url": address + one_roster_server.ROOTS[self.version],
            "token_url": f"{address}/token",
            "client_id": "console",
            "client_secret": Secret("very secret"),
            "is_nightly": True,
            "max_change": None,
        }
        self.connection = save_connection(school=self.alice.enterprise, by=self.alice, **{**fields, **more})
        return self.connection

    def read(self, **more):
        """Run to the end; return the newest import."""
        self.write()
        runs.start_run(**{"connection": self.connection, "by": self.alice, **more})
        for _step in range(5):
            Job.objects.update(due_at=timezone.now())
            runner.run_due_jobs()
        self.connection.refresh_from_db()
        return self.connection.newest


@pytest.fixture
def version():
    return "1.2"


@pytest.fixture
def service(version, alice, tmp_path, settings):
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    made = Service(tmp_path / "data.json", version, alice)
    with one_roster_server.running(made.file) as address:
        made.connect(address)
        yield made


def apply(source, alice):
    services.apply_import(runs.ROSTER_IMPORT, source=source, by=alice)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_everything_is_read_page_by_page_and_waits_for_a_person(service, alice):
    source = service.read()
    assert source.state == "checked"
    assert (source.counts["added"], source.counts["lines"]) == (4, 0)
    assert Notification.objects.get(person=alice).kind == "roster.waits"
    assert not RosterPage.objects.exists()
    apply(source, alice)
    li = User.objects.get(user_id="lei.li")
    assert li.date_of_birth.reveal() == "2013-05-06"
    assert Guardian.objects.get(person=li).phone_no.reveal() == "13900000000"
    assert StudentGroup.objects.get().teacher == User.objects.get(user_id="tina.teach")
    assert Term.objects.get().name == "Autumn 2026"
    again = service.read(full=True)
    assert again.counts["unchanged"] == 4
    assert again.state == "checked"
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_changes_are_read_since_the_last_run_that_was_applied(service, alice):
    with time_machine.travel("2026-11-20 04:00:00+00:00", tick=True):
        apply(service.read(), alice)
    with time_machine.travel("2026-11-23 04:00:00+00:00", tick=True):
        service.read()
        person = service.records["users"][1]
        person.update(givenName="Leilei", dateLastModified=NEW)
        source = service.read()
    assert source.options["modes"]["users.csv"] == "delta"
    assert source.rows_in_all == 1
    assert source.lines.get().after["nickname"] == "Leilei Li"


def test_few_changes_are_applied_without_a_person_and_many_wait(service, alice):
    apply(service.read(), alice)
    RosterConnection.objects.update(max_change=50)
    service.records["users"][1].update(givenName="Leilei", dateLastModified=NEW)
    assert service.read(full=True).state == "applied"
    assert User.objects.get(user_id="lei.li").nickname == "Leilei Li"
    del service.records["users"][2:4], service.records["enrollments"][1]
    source = service.read(full=True)
    assert (source.state, source.counts["left"]) == ("checked", 2)
    assert policy.change_share(source) == 50
    assert User.objects.filter(is_active=True, user_id="jim.green").exists()


def test_a_first_import_always_waits(service, alice):
    RosterConnection.objects.update(max_change=100)
    source = service.read()
    assert (source.state, policy.change_share(source)) == ("checked", 100)


@pytest.mark.parametrize(
    ("fields", "failure"),
    [
        ({"client_secret": Secret("wrong")}, "credentials"),
        ({"token_url": "http://127.0.0.1:9/token"}, "silent"),
        ({"url": "http://127.0.0.1:9/"}, "silent"),
    ],
)
def test_what_fails_is_said_and_nothing_is_imported(service, alice, fields, failure):
    for name, value in fields.items():
        setattr(service.connection, name, value)
    service.connection.save(update_fields=list(fields))
    assert service.read() is None
    assert service.connection.failure == failure
    assert not check_connection(service.connection).succeeded
    page = page_text(client_for(alice).get(reverse("accounts:roster_service")))
    assert runs.failure_text(failure) in page
    assert not PeopleImport.objects.exists()
    assert not RosterPage.objects.exists()


def test_an_error_in_the_middle_ends_a_nightly_run_and_is_told(service, alice):
    service.broken = ["enrollments"]
    assert service.read() is None
    assert service.connection.failure == "status"
    assert not Notification.objects.exists()
    assert service.read(by=None) is None
    assert Notification.objects.get(person=alice).kind == "roster.failed"


def test_a_service_that_sends_a_record_a_page_is_given_up(service, alice):
    runs.start_run(connection=service.connection, by=alice)
    Job.objects.update(cursor={"pages": runs.MAX_PAGES})
    runner.run_due_jobs()
    service.connection.refresh_from_db()
    assert service.connection.failure == "pages"


def test_demographics_may_be_kept_back(service):
    del service.records["demographics"]
    source = service.read()
    assert "demographics.csv" not in source.options["modes"]


def test_an_address_of_the_own_network_is_refused(service, settings):
    settings.ALLOWED_PRIVATE_NETWORKS = []
    assert service.read() is None
    assert service.connection.failure == "address"


def test_nightly_runs_begin_once_a_night(service):
    with time_machine.travel("2026-11-24 18:10:00+00:00", tick=True):  # ten past two in China
        assert runs.start_nightly_runs() == 1
        assert runs.start_nightly_runs() == 0
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=True) as clock:
        clock.move_to("2027-01-05 12:00:00+00:00")
        assert runs.start_nightly_runs() == 0


def test_another_address_needs_the_secret_again(service, alice):
    stored = service.connection
    values = {name: getattr(stored, name) for name in ("version", "token_url", "client_id", "is_nightly")}
    with pytest.raises(ValidationError):
        save_connection(
            school=alice.enterprise,
            by=alice,
            url="https://elsewhere.example/v1p2",
            client_secret=stored.client_secret,
            max_change=None,
            **values,
        )


def test_the_pages_set_up_test_read_and_delete(service, alice, bob, charlie):
    client = client_for(alice)
    assert "has 1 class" in page_text(client.post(reverse("accounts:roster_service_test"), follow=True))
    client.post(reverse("accounts:roster_service_read"))
    assert Job.objects.get(kind=runs.FETCH_JOB).created_by == alice
    edit = client.get(reverse("accounts:roster_service_edit"))
    assert "very secret" not in page_text(edit)
    assert "No OneRoster service" in page_text(client_for(charlie).get(reverse("accounts:roster_service")))
    assert client_for(bob).get(reverse("accounts:roster_service")).status_code == 403
    client.post(reverse("accounts:roster_service_remove"))
    assert not RosterConnection.objects.exists()
