"""A version takes the place of the one before while people work: nothing fails, is lost or done twice.

In every run the former version works on the tables of the next one. That it starts on them is tested in
`tests/console/test_migration_state.py`, that it serves the files of both in
`tests/console/http/test_static_files.py`, and that migrations only add in `tests/architecture`.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from django.db import ProgrammingError, connection, models

from accounts.models import User
from classes.models import Lesson
from tests.faults.goals import goal, without_goal_lines
from tests.faults.sizes import FULL_TIMEOUT_S, size
from tests.flows.rolling_site import RollingSite, readiness
from tests.flows.site_load import LISTS, PAGES, new_lesson, new_person
from tests.flows.version_trees import breaking_version, next_version
from tests.support import database, nginx
from tests.support.environment import ROOT
from tests.support.page_client import client_for
from tests.support.programs import Console
from tests.support.rest_client import rest_client
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(size(full=FULL_TIMEOUT_S, ci=60)),
    pytest.mark.usefixtures("django_db_setup"),
]
#: Seconds for which both versions answer, and how many versions follow each other.
BOTH_S, ROLLS = 4.0, 5
FILE = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@pytest.fixture
def found_site(tmp_path: Path) -> Iterator[Callable[[], RollingSite]]:
    """Make a site on a migrated database of its own."""
    if nginx.why_nginx_is_missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(nginx.why_nginx_is_missing())
    tmp_path.chmod(0o711)
    name = f"{database.own_name()}_rolling"
    with psycopg.connect(database.url_of("postgres"), autocommit=True) as line, ExitStack() as running:
        line.execute(f'create database "{name}" template "{database.TEMPLATE}"')
        running.callback(line.execute, f'drop database "{name}" with (force)')

        def found() -> RollingSite:
            site = RollingSite(tmp_path, database.url_of(name))
            running.callback(site.close)
            running.callback(site.load.stop)
            return site

        yield found


def files_of(web: Console) -> set[str]:
    """The static files that the page for signing in names."""
    files = set(FILE.findall(requests.get(f"{web.url}/sign-in/", timeout=30).text))
    assert any(re.search(r"/css/app\.[0-9a-f]{12}\.css$", one) for one in files), files
    return files


def check_files(former: Console, following: Console) -> int:
    """Each serves the files of both, and browsers may keep them for good; how many there are."""
    both = files_of(former) | files_of(following)
    assert files_of(former) != files_of(following)
    for web in (former, following):
        for path in both:
            answer = requests.get(f"{web.url}{path}", timeout=30)
            assert answer.status_code == 200, f"{path} at {web.root.name}"
            assert "immutable" in answer.headers["Cache-Control"]
    return len(both)


def roll(site: RollingSite, former: Path, following: Path) -> int:
    """Let one version take the place of the other, as docs/upgrading.md says; how many files both serve."""
    site.prepare(following)
    # A process of the former version that is started again finds the database ahead.
    again = site.add_web(former)
    new = site.add_web(following)
    site.add_worker(following)
    for web in (again, new):
        web.wait_for(lambda web=web: readiness(web)[0] == 200)  # type: ignore[misc]
    assert readiness(again)[1]["version"].startswith("a newer one has migrated")
    assert readiness(new)[1]["version"] == "ok"
    site.include()
    files = check_files(again, new)
    site.service.control("callbacks", event_of(following.name))
    time.sleep(BOTH_S)
    site.remove(former)
    return files


def event_of(marker: str) -> dict[str, Any]:
    """An event that the service owes us."""
    return {"sdkappid": 1400000001, "event": "local_record_callback", "data": {"class_id": marker}}


def check(site: RollingSite, **figures: int) -> list[str]:
    """The goal: no error, nothing lost, nothing done twice. Returns the events that arrived."""
    load = site.load
    load.stop()
    left = site.rest() if site.workers else {}
    told = site.verdict() if site.workers else {"figures": {}, "bad": [], "events": []}
    answers = {f"answers_{name}": number for name, number in sorted(load.answered.items())}
    goal(
        "rolling upgrade",
        **figures,
        **answers,
        failed=len(load.failed),
        lessons=len(load.lessons),
        people=len(load.people),
        **told["figures"],
        left=sum(left.values()),
    )
    assert not load.failed, f"{len(load.failed)} requests failed, first {load.failed[:3]}"
    assert not left, left
    assert not told["bad"], told["bad"][:5]
    return list(told["events"])


@pytest.mark.full
def test_versions_change_places_while_people_work(
    found_site: Callable[[], RollingSite], tmp_path: Path
) -> None:
    site = found_site()
    site.start(ROOT)
    site.load.start()
    version, files = ROOT, 0
    for number in range(1, ROLLS + 1):
        following = next_version(tmp_path, version, number)
        files += roll(site, version, following)
        version = following
    time.sleep(1)
    events = check(site, rolls=ROLLS, files_of_both=files)

    assert set(site.load.versions) == {str(number) for number in range(ROLLS + 1)}
    assert min(len(site.load.lessons), len(site.load.people)) > 10 * ROLLS
    assert set(events) == {f"version{number}" for number in range(1, ROLLS + 1)}


def work_once(alice: User) -> None:
    """What SiteLoad does, each once."""
    pages, rest = client_for(alice), rest_client(alice)
    for path, new in (("users", new_person()), ("lessons", new_lesson())):
        answer = rest.post(f"/api/v1/{path}/", new)
        assert answer.status_code == 201, answer.content
    for path in (*PAGES, *(f"/api/v1/{one}/" for one in LISTS)):
        answer = (rest if path.startswith("/api/") else pages).get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"


@pytest.mark.django_db
@pytest.mark.usefixtures("bob")
def test_the_former_version_works_on_the_tables_of_the_next(alice: User) -> None:
    added = models.IntegerField(default=0, db_default=0, editable=False)
    added.set_attributes_from_name("added_1")
    added.model = Lesson
    with connection.schema_editor() as editor:
        editor.add_field(Lesson, added)

    work_once(alice)


@pytest.mark.django_db
@pytest.mark.usefixtures("bob")
def test_the_former_version_fails_where_a_column_is_gone(alice: User) -> None:
    """The control."""
    with connection.schema_editor() as editor:
        editor.remove_field(Lesson, Lesson._meta.get_field("revision"))

    with pytest.raises(ProgrammingError, match=r"column .*revision"):
        work_once(alice)


@pytest.mark.full
def test_a_migration_that_removes_a_column_makes_it_fail(
    found_site: Callable[[], RollingSite], tmp_path: Path
) -> None:
    site = found_site()
    site.start(ROOT, worker=False)
    site.load.start()
    site.prepare(breaking_version(tmp_path, ROOT, 1))
    wait_until(lambda: site.load.failed)

    with without_goal_lines(), pytest.raises(AssertionError, match="requests failed, first .* 500 "):
        check(site)
