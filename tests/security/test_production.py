"""The console as a server runs it, with HTTPS settings and a proxy in front: the checks of a server are
silent, the observatory gives its best grade to every kind of answer, cookies belong to the host, and programs
find no plain HTTP."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
import requests

from accounts.models import User
from tests.faults.goals import goal
from tests.security.observatory import Site, grade, policy_of
from tests.support import database
from tests.support.environment import ROOT
from tests.support.programs import Console

HOST = "console.school.example"
SERVER = {
    "PUBLIC_URL": f"https://{HOST}",
    "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
    "SECRET_KEY": "kept by the host in a file of its own, 0640, 7c1e9a5d3b",
    "DEBUG": "false",
    # Bob and Alice come in by their password alone here; what a second factor asks has tests of its own.
    "REQUIRE_TWO_FACTOR": "false",
}
HTTPS = {"Host": HOST, "X-Forwarded-Proto": "https"}
PASSWORD = "croquet at half past four"
PAGES = ["/", "/lessons/", "/people/", "/account/", "/admin/", "/admin/accounts/user/", "/api/v1/lessons/"]
REFUSED = {"/no-such-page/": 404, "/sign-out/": 405, "/static/no-such-file.css": 404}


class Visitor:
    """A browser behind the proxy that ends TLS. Keeps cookies by hand: ours never go over plain HTTP."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.jar: SimpleCookie = SimpleCookie()

    def ask(self, path: str, scheme: str = "https", **form: str) -> requests.Response:
        sent = {
            "Host": HOST,
            "X-Forwarded-Proto": scheme,
            "Referer": f"https://{HOST}/",
            "Accept": "text/html,*/*",
        }
        sent["Cookie"] = "; ".join(f"{one.key}={one.value}" for one in self.jar.values())
        answer = requests.request(
            "POST" if form else "GET",
            f"{self.console.url}{path}",
            headers=sent,
            data=form or None,
            allow_redirects=False,
            timeout=30,
        )
        for line in answer.raw.headers.getlist("Set-Cookie"):
            self.jar.load(line)
        return answer

    def sign_in(self, person: User) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("/sign-in/").text)
        form = {"username": person.login, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}  # type: ignore[index]
        assert self.ask("/sign-in/", **form).status_code == 302

    def site(self, path: str) -> Site:
        answer = self.ask(path)
        led = self.ask(path, scheme="http").headers.get("Location", "")
        if path.startswith("/api/"):
            led = f"https://{HOST}/"  # programs are refused, which is stricter: see the last test
        return Site(answer.headers, answer.text, list(self.jar.values()), led, HOST)


@pytest.fixture
def visitor(start_console: Callable[..., Console], alice: User) -> Visitor:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    return Visitor(start_console(**SERVER))


@pytest.mark.slow
def test_every_kind_of_answer_gets_the_best_grade_and_cookies_belong_to_the_host(
    visitor: Visitor, alice: User
) -> None:
    graded: dict[str, tuple[int, str, Any]] = {"/sign-in/": grade(visitor.site("/sign-in/"))}
    visitor.sign_in(alice)
    for path in [*PAGES, *REFUSED]:
        status = visitor.ask(path).status_code
        assert status == REFUSED.get(path, 200), path
        graded[path] = grade(visitor.site(path))
    worst = min(graded.values(), key=lambda one: one[0])
    goal("observatory", answers=len(graded), worst=worst[0], grade=worst[1])
    assert {letter for _score, letter, _counted in graded.values()} == {"A+"}, graded

    names = set(visitor.jar)
    assert {"__Host-sessionid", "__Host-csrftoken", "__Host-school"} <= names
    for one in visitor.jar.values():
        assert one.key.startswith("__Host-"), one
        assert one["secure"], one
        assert one["httponly"], one
        assert one["samesite"] == "Lax", one
        assert (one["path"], one["domain"]) == ("/", ""), one

    for path, status in {"/api/v1/lessons/": 403, "/callbacks/iclass/x/": 403, "/lessons/": 301}.items():
        assert visitor.ask(path, scheme="http").status_code == status, path
    traced = requests.request("TRACE", f"{visitor.console.url}/sign-in/", headers=HTTPS, timeout=30)
    assert traced.status_code == 405
    refused = requests.get(f"{visitor.console.url}/", headers={"Host": "evil.example"}, timeout=30)
    assert (refused.status_code, policy_of(refused.headers)["default-src"]) == (400, {"'none'"})
    assert "unsafe" not in refused.headers["Content-Security-Policy"]
    assert refused.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_the_checks_of_a_server_are_silent() -> None:
    servers = {"DATABASE_URL": database.own_url(), "CELERY_BROKER_URL": "redis://broker.example"}
    variables = os.environ | SERVER | servers | {"REQUIRE_TWO_FACTOR": "true"}
    del variables["DJANGO_ALLOW_ASYNC_UNSAFE"]  # the tests' own
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


BARE = Site({}, "", [], "", HOST)
SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}


@pytest.mark.parametrize(
    ("site", "letter"),
    [
        (BARE, "F"),
        (BARE._replace(headers=SAFE, redirect=f"https://{HOST}/"), "A+"),
        (BARE._replace(headers=SAFE), "B+"),
        (
            BARE._replace(
                headers=SAFE | {"Content-Security-Policy": "default-src 'self'; script-src 'unsafe-inline'"},
                redirect=f"https://{HOST}/",
            ),
            "C+",
        ),
        (
            BARE._replace(
                headers=SAFE, redirect=f"https://{HOST}/", cookies=[*SimpleCookie("sessionid=x").values()]
            ),
            "B",
        ),
        (
            BARE._replace(
                headers=SAFE,
                redirect=f"https://{HOST}/",
                html='<script src="https://cdn.example/a.js"></script>',
            ),
            "A+",
        ),
    ],
)
def test_the_observatory_tells_good_from_bad(site: Site, letter: str) -> None:
    assert grade(site)[1] == letter
