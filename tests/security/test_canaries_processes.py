"""The search for secrets with the programs as they run: web, worker and schedule, broker, service.

Nothing is planted but what a school types: keys, signatures and tokens are those that went over the wire to
iclass and back, which a tap notes. So every UserSig and every signed address of a real lesson is looked for.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.school.services import pull_school
from accounts.sign_in import api_tokens
from classes.lessons.room_entries import create_visitor_pass
from classes.models import Entry, Lesson
from console.celery import app
from console.outbox.models import Operation
from tests.accounts.imports.conftest import HEAD, csv_file
from tests.faults.goals import goal
from tests.security.encodings import encoded_forms, find_secrets
from tests.security.test_canaries import CONTROL, Sinks, _database, _files
from tests.security.traffic import TrafficRecorder, broker_traffic, recorded_service
from tests.support.cast import TIC_KEY, create_person
from tests.support.environment import data_folder
from tests.support.iclass_service import create_lesson
from tests.support.programs import Console
from tests.support.sandbox import Sandbox

PASSWORD = "canary-Password-0815-canary"  # noqa: S105
PHONES = ("13977550246", "13966448135")
#: Where a phone number has no business; the database and the pages of its own school hold it.
NO_PHONES = ("broker", "web log", "worker log", "temporary files", "CONSOLE_DATA")


class Browser:
    """A reader's session at the console's pages."""

    def __init__(self, console: Console) -> None:
        self.url, self.web = console.url, requests.Session()
        self.web.trust_env = False

    def get(self, path: str) -> requests.Response:
        return self.web.get(f"{self.url}{path}", timeout=60)

    def post(self, path: str, told: dict[str, Any], files: Any = None) -> requests.Response:
        page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:500]
        asked = {"csrfmiddlewaretoken": token[1], **told}
        headers = {"Referer": f"{self.url}{path}"}
        return self.web.post(f"{self.url}{path}", asked, files=files, headers=headers, timeout=60)


@pytest.fixture
def root(school: Enterprise) -> User:
    root = create_person(school, "root", Role.SUPERADMIN)
    root.set_password(PASSWORD)
    root.save(update_fields=["password"])
    return root


@pytest.fixture
def wire(iclass: Sandbox) -> Iterator[TrafficRecorder]:
    with recorded_service(iclass.url) as wire:
        yield wire


def until(ready: Callable[[], Any], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, list(Operation.objects.values_list("kind", "state", "reason"))
        time.sleep(0.1)


def settled() -> bool:
    return not Operation.objects.exclude(state__in=("done", "superseded", "refused")).exists()


def a_day(console: Console, school: Enterprise, root: User, bob: User) -> tuple[Lesson, str, bytes]:
    """People, a file in, a file out, a public lesson with a visitor, REST; the token and the file."""
    pull_school(school=school, by=root)
    until(lambda: Enterprise.objects.get(pk=school.pk).private_key)
    browser = Browser(console)
    told = browser.post("/sign-in/", {"username": root.login, "password": PASSWORD})
    assert told.ok, told.text[:500]
    new = {"user_id": "dina", "nickname": CONTROL, "role": "student", "phone_no": PHONES[0], "gender": ""}
    assert browser.post("/people/new/", new).ok
    sheet = csv_file([HEAD, ["li", "Li", "学生", PHONES[1], "", "一班"]])
    preview = browser.post("/people/imports/new/", {}, files={"file": ("people.csv", sheet, "text/csv")})
    assert "/apply/" in preview.text, preview.text[:500]
    asked = {"format": ".xlsx", "contacts": "on", "reason": "control"}
    taken = browser.post("/people/export/", asked)
    assert "spreadsheet" in taken.headers["Content-Type"]
    soon = timezone.now() + timedelta(minutes=10)
    lesson = create_lesson(bob, root, class_type="public", starts_at=soon)
    until(lambda: Lesson.objects.get(pk=lesson.pk).class_id)
    create_visitor_pass(lesson=Lesson.objects.get(pk=lesson.pk), nickname="Guest", by=root)
    until(lambda: Entry.objects.filter(user_sig__isnull=False).exists())
    root.refresh_from_db()  # the sign-in hashed the password anew, with the rounds of a server
    token = api_tokens.create_token(person=root, name="wall", scopes=["all:read"], by=root)
    headers = {"Authorization": f"Token {token}"}
    answer = requests.get(f"{console.url}/api/v1/users/", headers=headers, timeout=60)
    assert answer.ok
    app.send_task("accounts.tasks.delete_expired_sign_in_data", headers={"x": CONTROL})
    until(settled)
    return lesson, token, answer.content + browser.get("/people/").content


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_no_program_writes_a_secret_down(
    wire: TrafficRecorder,
    school: Enterprise,
    root: User,
    bob: User,
    start_console: Callable[..., Console],
    start_worker: Callable[..., Any],
    tmp_path: Path,
) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    said = {"TMPDIR": str(temp), "LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json", "REQUIRE_TWO_FACTOR": "false"}
    said |= {"ICLASS_BASE_URL": wire.url, "SWEEP_EVERY_S": "1", "PROBE_DELAY_S": "0"}
    with broker_traffic() as traffic:
        worker = start_worker(beat=True, wait=False, **said)
        console = start_console(**said)
        worker.wait_until_ready()
        _lesson, token, shown = a_day(console, school, root, bob)
    secrets = [(name, one) for name, found in wire.secrets.items() for one in sorted(found)]
    secrets += [("tic_key", TIC_KEY), ("password", PASSWORD), ("REST token", token)]
    assert {"admin_sig", "user_sig", "user_token", "private_key", "sign"} <= set(dict(secrets))
    for folder in (temp, data_folder()):
        (folder / "control.txt").write_text(CONTROL)
    sinks = Sinks({"database": _database(), "broker": b"".join(traffic), "pages and API": shown})
    sinks["web log"] = (tmp_path / "web.log").read_bytes()
    sinks["worker log"] = worker.log.read_bytes()
    sinks["temporary files"], sinks["CONSOLE_DATA"] = _files(temp), _files(data_folder())
    phones = [("phone", one) for one in PHONES]
    hits = [f"{place}: {one}" for place, sink in sinks.items() for one in find_secrets(sink, secrets)]
    hits += [f"{place}: {one}" for place in NO_PHONES for one in find_secrets(sinks[place], phones)]
    control = [place for place, sink in sinks.items() if _heard_of_it(place, sink)]
    goal(
        "canaries of the programs",
        secrets=len(secrets) + len(phones),
        encodings=len(encoded_forms("x")),
        places=len(sinks),
        hits=len(hits),
        control_found_in=len(control),
    )
    assert hits == []
    assert sorted(control) == sorted(sinks)


def _heard_of_it(place: str, sink: bytes) -> bool:
    """Whether the search finds there what has to be: a log says which page and which call it was about."""
    told = {"web log": "accounts:people_export", "worker log": "/paas/v1/class/create"}
    return bool(find_secrets(sink, [("control", told.get(place, CONTROL))]))
