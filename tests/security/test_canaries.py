"""Secrets as canaries: used as a school uses them, then looked for wherever something is written down.

Each is looked for as itself and in seven encodings. A word that is no secret is put on the same ways as a
control: it has to be found in every place, else the search proves nothing there.
"""

import io
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from structlog.stdlib import ProcessorFormatter

from accounts.models import Enterprise, User
from accounts.sign_in import api_tokens
from console.celery import app
from console.logs import logging_config
from console.urls import handler400, handler500
from console.urls import urlpatterns as real
from tests.accounts.sign_in.sign_in_helpers import SECRET, add_second_factor
from tests.faults.goals import goal
from tests.faults.sizes import size
from tests.security.addresses import ADDRESSES
from tests.security.encodings import encoded_forms, find_secrets
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.support.environment import data_folder
from tests.support.rest_client import rest_client

__all__ = ["handler400", "handler500"]
CONTROL = "ControlWordThatIsNoSecret4711"
TYPED = {
    "tic_key": "CanaryTicKeyCanaryTicKeyCanary01",
    "password": "canary-Password-0815-canary",
}
PLANTED = {
    "private_key": "CanaryPrivateKeyCanaryPrivate002",
    "secret_key": "CanarySecretKeyCanarySecretKey03",
    "tic_key_previous": "CanaryPreviousKeyCanaryPrevious4",
}
#: Its own school may read it, on pages, in files and in the database; nothing else may hold it.
PHONE = "13977550246"
#: It tells the control, and is asked in every run.
WITH_CONTROL = "user-list"
NO_PHONES = ("broker", "log", "error mail", "temporary files", "CONSOLE_DATA")
USER_SIG = "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwsZCanaryUserSig*-_0815"
USER_TOKEN = "canary-user-token-0123456789abcd5"


def boom(request: HttpRequest) -> HttpResponse:
    """A page that breaks with a secret in its hands."""
    held = request.POST.get("tic_key")
    raise RuntimeError(f"{CONTROL} broke, and {bool(held)}")


urlpatterns = [path("boom/", boom), *real]


class Sinks(dict[str, bytes]):
    """What was written where, by the name of the place."""


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Every line of the log in the form of the laptop, which says most."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    form = logging_config("plain", "DEBUG")["formatters"]["lines"]
    handler.setFormatter(ProcessorFormatter(**{name: one for name, one in form.items() if name != "()"}))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield told
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def own_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User, settings: Any) -> SampleSchool:
    settings.REQUIRE_TWO_FACTOR = False
    settings.ADMINS = [("Olga", "olga@console.example")]
    for name, value in PLANTED.items():
        setattr(school, name, value)
    school.save(update_fields=list(PLANTED))
    world = build_sample_school(school, other_school, olga)
    dina: User = world.people["student"]  # type: ignore[assignment]
    dina.user_token, dina.nickname, dina.phone_no = USER_TOKEN, CONTROL, PHONE
    dina.save_mirrored(["user_token", "nickname", "phone_no"])
    entry = world.rows["entry"]
    entry.user_sig = USER_SIG
    entry.save_mirrored(["user_sig"])
    return world


def work(world: SampleSchool) -> tuple[list[tuple[str, str]], Sinks]:
    """A day of a school, with a 500 in it; the secrets that were used, and what pages and files said."""
    root: User = world.people["superadmin"]  # type: ignore[assignment]
    dina = world.rows["person"]
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.force_login(root)
    assert client.post("/school/keys/", {"tic_key": TYPED["tic_key"]}).status_code == 302
    shown = {"nickname": CONTROL, "role": "student", "gender": "", "phone_no": PHONE}
    client.post(f"/people/{dina.pk}/edit/", {**shown, "password": TYPED["password"]})
    card = client.post(f"/people/{dina.pk}/password/", {"delivery": "card"}).content.decode()
    link_token = card.partition(f"{settings.PUBLIC_URL}/password/")[2].partition("/")[0]
    assert client.get(f"/password/{link_token}/").status_code == 302
    token = api_tokens.create_token(person=root, name="wall", scopes=["all:read"], by=root)
    add_second_factor(root)
    client.post("/boom/", {"tic_key": TYPED["tic_key"], "password": TYPED["password"], "phone_no": PHONE})
    client.post("/people/new/", {**shown, "user_id": "no good", "phone_no": f"{PHONE}!"})
    client.post("/sign-in/", {"username": root.login, "password": TYPED["password"]})
    app.send_task("accounts.tasks.delete_expired_sign_in_data", headers={"x": CONTROL})
    secrets = [*TYPED.items(), *PLANTED.items(), ("user_token", USER_TOKEN)]
    secrets += [("REST token", token), ("UserSig", USER_SIG), ("password link", link_token)]
    return [*secrets, ("second factor", SECRET)], _said(client, world, rest_client(root))


def _said(client: Client, world: SampleSchool, api: Any) -> Sinks:
    said = Sinks(pages=b"", api=b"", exports=b"")
    step = size(full=1, ci=13)
    for number, address in enumerate(ADDRESSES):
        if number % step and address.name != WITH_CONTROL:
            continue
        if address.knows("GET") and address.name not in ("accounts:sign_out", "admin:logout"):
            is_api = address.route.startswith("/api/v1/")
            response = (api if is_api else client).get(address.path(world))
            body = b"".join(response.streaming_content) if response.streaming else response.content
            is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
            said["exports" if is_file else "api" if is_api else "pages"] += body
    for suffix in (".csv", ".xlsx"):
        taken = client.post("/people/export/", {"format": suffix, "contacts": "on", "reason": "control"})
        said["exports"] += b"".join(taken.streaming_content) if taken.streaming else taken.content
    return said


def _database() -> bytes:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found).encode()


def _broker() -> bytes:
    with app.connection_for_read() as line:
        client = line.default_channel.client
        lists = [key for key in client.keys("*") if client.type(key) == b"list"]
        return b"\n".join(message for key in lists for message in client.lrange(key, 0, -1))


def _files(folder: Path) -> bytes:
    """Everything but the database's own files, which `_database` reads row by row."""
    kept = (one for one in folder.rglob("*") if one.is_file() and not {"pg", "postgres"} & set(one.parts))
    return b"\n".join(one.read_bytes() for one in kept if one.stat().st_size < 5_000_000)


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.urls("tests.security.test_canaries")
def test_no_secret_is_written_down_anywhere(world: SampleSchool, lines: io.StringIO, own_temp: Path) -> None:
    secrets, sinks = work(world)
    logging.getLogger("console").warning("%s", CONTROL)
    for folder in (own_temp, data_folder()):
        (folder / "control.txt").write_text(CONTROL)
    sinks["database"], sinks["broker"] = _database(), _broker()
    sinks["log"] = lines.getvalue().encode()
    sinks["error mail"] = "\n".join(f"{one.subject}\n{one.body}" for one in mail.outbox).encode()
    sinks["temporary files"], sinks["CONSOLE_DATA"] = _files(own_temp), _files(data_folder())
    hits = [f"{place}: {one}" for place, sink in sinks.items() for one in find_secrets(sink, secrets)]
    phone = [("phone", PHONE)]
    hits += [f"{place}: {one}" for place in NO_PHONES for one in find_secrets(sinks[place], phone)]
    assert find_secrets(sinks["database"], phone)  # it is looked for under the name that it has
    control = [place for place, sink in sinks.items() if find_secrets(sink, [("control", CONTROL)])]
    goal(
        "canaries",
        secrets=len(secrets) + 1,
        encodings=len(encoded_forms("x")),
        places=len(sinks),
        hits=len(hits),
        control_found_in=len(control),
    )
    assert hits == []
    assert sorted(control) == sorted(sinks)


@pytest.mark.parametrize("form", encoded_forms("x"))
def test_every_encoding_is_recognised_in_the_middle_of_something(form: str) -> None:
    secret = "CanaryPrivateKeyCanaryPrivate002"
    for spelled in encoded_forms(secret)[form]:
        assert find_secrets(b"before " + spelled + b" after", [("x", secret)])
    assert not find_secrets(b"something else", [("x", secret)])
