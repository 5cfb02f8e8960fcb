"""What people and programs do at a site meanwhile: pages, REST reads, and REST writes that go to iclass."""

import re
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests
from django.utils import timezone

from tests.flows.rolling_jobs import PASSWORD

VERSION = re.compile(r'<meta name="test-version" content="(\d+)">')
#: Seconds between two requests of one of them: a person or a program, no benchmark.
PAUSE_S = 0.15
PAGES = ("/", "/lessons/", "/people/", "/timetable/")
LISTS = ("lessons", "users", "courses", "attendance")


def new_person() -> dict[str, str]:
    """A student as REST takes one; another name each time."""
    name = f"card_{secrets.token_hex(5)}"
    return {"user_id": name, "nickname": name, "role": "student"}


def new_lesson() -> dict[str, str]:
    """A lesson of Bob as REST takes one; another topic each time."""
    start = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=45)).isoformat()}
    named = {"topic": f"Quadrille {secrets.token_hex(5)}", "teacher": "bob", "conflict_reason": "Many."}
    return times | named


class SiteLoad:
    """Threads that send requests from `start` to `stop`. What was answered with an error is in `failed`."""

    def __init__(self, url: str, access: dict[str, str]) -> None:
        self.url, self.access = url, access
        self.answered: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()
        self.failed: list[str] = []
        self.people: list[str] = []
        self.lessons: list[int] = []
        self._ended = threading.Event()
        jobs = (self._read_pages, self._read_lists, self._add_people, self._add_lessons)
        self._threads = [threading.Thread(target=self._repeat, args=[job]) for job in jobs]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(120)

    def _repeat(self, job: Callable[[requests.Session, int], None]) -> None:
        with requests.Session() as session:
            session.trust_env = False
            number = 0
            while not self._ended.wait(PAUSE_S):
                job(session, number)
                number += 1

    def _ask(
        self, session: requests.Session, method: str, path: str, **more: Any
    ) -> requests.Response | None:
        """The answer; None where there was an error, or none."""
        try:
            answer = session.request(method, f"{self.url}{path}", timeout=120, allow_redirects=False, **more)
        except requests.RequestException as error:
            self.failed.append(f"{method} {path}: {type(error).__name__}")
            return None
        self.answered[f"{answer.status_code // 100}xx"] += 1
        if answer.status_code >= 400:
            self.failed.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer

    def _read_pages(self, session: requests.Session, number: int) -> None:
        if not number:
            self._sign_in(session)
        page = self._ask(session, "GET", PAGES[number % len(PAGES)])
        if page is not None:
            self.versions[(VERSION.findall(page.text) or ["0"])[-1]] += 1
            if page.status_code != 200:
                self.failed.append(f"{page.url}: {page.status_code}, as if nobody were signed in")

    def _sign_in(self, session: requests.Session) -> None:
        form = self._ask(session, "GET", "/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text if form else "")
        fields = {"username": self.access["login"], "password": PASSWORD}
        if token:
            self._ask(session, "POST", "/sign-in/", data=fields | {"csrfmiddlewaretoken": token[1]})

    def _rest(self, session: requests.Session, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Token {self.access['token']}"}
        answer = self._ask(session, method, f"/api/v1/{path}/", headers=headers, **more)
        return answer.json() if answer is not None else None

    def _read_lists(self, session: requests.Session, number: int) -> None:
        self._rest(session, "GET", LISTS[number % len(LISTS)])

    def _add_people(self, session: requests.Session, number: int) -> None:
        person = new_person()
        if self._rest(session, "POST", "users", json=person):
            self.people.append(person["user_id"])

    def _add_lessons(self, session: requests.Session, number: int) -> None:
        if made := self._rest(session, "POST", "lessons", json=new_lesson()):
            self.lessons.append(made["id"])
