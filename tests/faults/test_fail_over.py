"""A primary PostgreSQL that is killed under load, and its standby that takes its place: nothing that was
acknowledged is lost, nothing is doubled, and requests in between are told to come again."""

import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import requests

from tests.faults.cluster import Cluster
from tests.faults.full_stack import KEY, SDKAPPID, FullStack
from tests.faults.goals import goal
from tests.faults.processes import ForkRunner
from tests.faults.sizes import dice, size
from tests.support import database
from tests.support.programs import Console
from tests.support.waiting import wait_until

FAIL_OVERS = 20
#: For each of them so many wishes are uttered meanwhile, and so many events called back.
WISHES, EVENTS = 8, 3
#: Seconds for which a primary without its standby is watched, once a commit waits there.
SPLIT_S = size(full=3.0, ci=0.2)
#: Seconds after which changes must be taken again on a machine that does nothing else.
MOST_S = 10.0
FOUND = "tests.faults.full_stack_jobs:found_alone"
pytestmark = pytest.mark.timeout(size(full=7200, ci=300))


class Client(threading.Thread):
    """A program that adds groups over REST, repeating each request with its key until it is accepted."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.url, self.headers = url, {"Authorization": f"Token {token}", "Accept-Language": "en"}
        #: The name of each group, and when the request that was accepted began and ended.
        self.accepted: list[tuple[str, float, float]] = []
        self.statuses: Counter[int] = Counter()
        self.unannounced = 0
        self.ended = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.ended.is_set():
            name, began = f"Group {number}", time.monotonic()
            if self._add(name):
                self.accepted.append((name, began, time.monotonic()))
                number += 1
            time.sleep(0.05)

    def names(self) -> list[str]:
        """Return the names of all groups."""
        found: list[str] = []
        address: str | None = f"{self.url}/api/v1/groups/?page_size=100"
        while address:
            page = requests.get(address, headers=self.headers, timeout=60).json()
            found += [row["name"] for row in page["results"]]
            address = page["next"]
        return found

    def _add(self, name: str) -> bool:
        headers = self.headers | {"Idempotency-Key": name.replace(" ", "-")}
        with suppress(requests.RequestException):
            answer = requests.post(
                f"{self.url}/api/v1/groups/", json={"name": name}, headers=headers, timeout=60
            )
            self.statuses[answer.status_code] += 1
            self.unannounced += answer.status_code == 503 and "Retry-After" not in answer.headers
            return answer.status_code == 201
        return False


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user of the database can enter."""
    made = Path(tempfile.mkdtemp(prefix="console-cluster-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def module_cluster() -> Iterator[Cluster]:
    """A cluster for several tests."""
    folder = Path(tempfile.mkdtemp(prefix="console-cluster-"))
    folder.chmod(0o711)
    made = Cluster(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


@pytest.fixture
def cluster(module_cluster: Cluster) -> Cluster:
    """A primary and the standby that its commits wait for, whatever the test before did to them."""
    if module_cluster.standby.process is None:
        module_cluster.rejoin()
    return module_cluster


@pytest.fixture
def plant() -> Iterator[FullStack]:
    made = FullStack(standby=True)
    yield made
    made.close()


@pytest.mark.full
def test_a_primary_that_dies_loses_and_doubles_nothing(plant: FullStack) -> None:
    assert plant.cluster
    people = plant.load(wishes=FAIL_OVERS * WISHES, seed=FAIL_OVERS)
    client, chance, back = Client(plant.console.url, plant.world["token"]), dice("fail-over"), []
    client.start()
    for number in range(FAIL_OVERS):
        for event in range(EVENTS):
            plant.call_back(f"fail-over-{number}-{event}")
        time.sleep(chance.uniform(0.5, 2))
        killed = plant.fail_over(cut_off_s=chance.uniform(0, 0.4))
        back.append(_seconds_until_a_change(client, killed))
        plant.cluster.rejoin()
    accepted = people.ended(seconds=300)["accepted"]
    client.ended.set()
    client.join(60)
    left = plant.rest()
    told = plant.verdict(accepted)
    answered, names = plant.acknowledged(), client.names()
    lost_events = sorted(set(answered) - set(told["events"]))
    lost_groups = [name for name, *_times in client.accepted if name not in names]
    goal(
        "fail-over",
        fail_overs=FAIL_OVERS,
        longest_s=max(back),
        wishes=len(accepted),
        **told["figures"],
        callbacks=len(answered),
        callbacks_lost=len(lost_events),
        rest_accepted=len(client.accepted),
        rest_lost=len(lost_groups),
        rest_503=client.statuses[503],
    )
    assert not left, f"{left}: {plant.worker_log_tail()}"
    assert not told["bad"], told["bad"][:5]
    assert (lost_events, lost_groups) == ([], [])
    assert len(names) == len(set(names))
    assert len(answered) == FAIL_OVERS * EVENTS, "the service gave up on an event"
    assert set(client.statuses) <= {201, 503}, client.statuses
    assert client.statuses[503], "no request met a database that was away"
    assert not client.unannounced
    assert max(back) <= MOST_S


def _seconds_until_a_change(client: Client, killed: float) -> float:
    """Return the seconds from the kill until a change was accepted that was sent after it."""
    until = killed + 120
    while time.monotonic() < until:
        for _name, began, ended in client.accepted:
            if began > killed:
                return ended - killed
        time.sleep(0.05)
    raise AssertionError(f"no change was accepted for two minutes: {client.statuses}")


@pytest.mark.full
def test_a_standby_that_commits_do_not_wait_for_lacks_some_of_them(folder: Path) -> None:
    """The control: where they wait, none is lost, as the two other tests show."""
    cluster = Cluster(folder, synchronous=False)
    acknowledged: list[int] = []
    try:
        cluster.start()
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE made (number int)")
        writer = threading.Thread(target=_write, args=(cluster.url, acknowledged))
        writer.start()
        time.sleep(0.5)
        with cluster.cut_off():
            time.sleep(0.5)
            cluster.kill_primary()
        writer.join(60)
        cluster.promote()
        with psycopg.connect(cluster.url) as connection:
            kept = {number for (number,) in connection.execute("SELECT number FROM made")}
        missing = len(set(acknowledged) - kept)
        goal("fail-over without synchronous commits", acknowledged=len(acknowledged), lost=missing)
        assert acknowledged
        assert missing
    finally:
        cluster.stop()


def test_of_two_servers_that_are_both_alive_one_acknowledges(cluster: Cluster) -> None:
    """The standby takes over while the old primary lives on without it, until somebody fences it."""
    rounds = size(full=5, ci=1)
    acknowledged: list[int] = []
    by_old: list[int] = []
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE made (number int)")
    for number in range(rounds):
        old = cluster.primary
        with cluster.cut_off():
            cluster.promote()
        writer = threading.Thread(target=_write, args=(old.url, by_old))
        writer.start()
        with psycopg.connect(cluster.primary.url, autocommit=True) as connection:
            connection.execute("INSERT INTO made VALUES (%s)", [-number])
            acknowledged.append(-number)
        wait_until(old.has_waiting_commit)
        time.sleep(SPLIT_S)
        assert writer.is_alive(), "the old primary ended a commit, or its connection"
        old.kill()
        writer.join(60)
        cluster.rejoin()
    with psycopg.connect(cluster.url) as connection:
        kept = sorted(number for (number,) in connection.execute("SELECT number FROM made"))
    goal("split", rounds=rounds, by_new=len(acknowledged), by_old=len(by_old), kept=len(kept))
    assert (by_old, kept) == ([], sorted(acknowledged))


def test_what_a_primary_acknowledged_before_it_died_is_there_once(
    cluster: Cluster, session_fork_runner: ForkRunner, tmp_path: Path
) -> None:
    """Over REST, with the console alone; the full size has everything beside it."""
    database.migrate(cluster.url)
    variables = {"CONSOLE_DATA": str(tmp_path), "CELERY_BROKER_URL": "redis://127.0.0.1:9/0"}
    console = Console(tmp_path / "web.log", {"DATABASE_URL": cluster.url, **variables})
    console.begin()
    try:
        forged = session_fork_runner.start(FOUND, database_url=cluster.url, sdkappid=SDKAPPID, key=KEY)
        client = Client(console.url, forged.ended()["token"])
        console.wait_until_ready()
        client.start()
        wait_until(lambda: len(client.accepted) > 2)
        with cluster.cut_off():
            wait_until(cluster.primary.has_waiting_commit)
            cluster.kill_primary()
            killed = time.monotonic()
        wait_until(lambda: client.statuses[503])
        cluster.promote()
        back_s = _seconds_until_a_change(client, killed)
        client.ended.set()
        client.join(60)
        names = client.names()
    finally:
        console.kill()
    lost = [name for name, *_times in client.accepted if name not in names]
    figures = {"accepted": len(client.accepted), "lost": len(lost), "answers_503": client.statuses[503]}
    goal("fail-over of REST", **figures, back_s=back_s)
    assert not lost
    assert len(names) == len(set(names))
    assert set(client.statuses) == {201, 503}, client.statuses
    assert not client.unannounced


def _write(url: str, acknowledged: list[int]) -> None:
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
        for number in range(1_000_000):
            connection.execute("INSERT INTO made VALUES (%s)", [number])
            acknowledged.append(number)
