"""Pages that read a standby, which applies what it gets a moment late and dies now and then.

Who wrote something sees it, nobody gets an error, and nothing is decided by rows of the standby.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.cluster import Cluster
from tests.faults.full_stack import KEY, SDKAPPID
from tests.faults.goals import goal, sabotage
from tests.faults.processes import ForkRunner
from tests.faults.replica_work import READS_OF_A_WRITE
from tests.faults.sizes import dice, size
from tests.support import database
from tests.support.waiting import wait_until

FOUND = "tests.faults.full_stack_jobs:found_alone"
READ, DECIDE = "tests.faults.replica_work:read", "tests.faults.replica_work:decide"
#: Pages that are read, and how often the standby dies meanwhile.
READS, DEATHS = size(full=10_000, ci=150), size(full=20, ci=1)
MOST_S = 3600.0
pytestmark = [pytest.mark.faults, pytest.mark.timeout(size(full=7200, ci=300))]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="console-cluster-"))
    folder.chmod(0o711)
    made = Cluster(folder, synchronous=False)
    try:
        made.start()
        database.migrate(made.primary.url)
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def runner(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkRunner]:
    with run_console(cluster, cluster.standby.url, tmp_path_factory.mktemp("forge")) as made:
        yield made


@contextmanager
def run_console(cluster: Cluster, replica_url: str, folder: Path) -> Iterator[ForkRunner]:
    urls = {"DATABASE_URL": cluster.primary.url, "DATABASE_REPLICA_URL": replica_url}
    made = ForkRunner(folder / "forge.log", {**urls, "CELERY_BROKER_URL": "memory://"})
    yield made
    made.close()


@pytest.fixture(scope="module")
def people(runner: ForkRunner) -> dict[str, Any]:
    """The numbers of Alice and Bob."""
    found = runner.run(FOUND, sdkappid=SDKAPPID, key=KEY)
    return {name: found[name] for name in ("alice", "bob")}


def delay(cluster: Cluster, time_: str) -> None:
    """Let the standby apply what it gets so much later."""
    cluster.standby.sql(f"ALTER SYSTEM SET recovery_min_apply_delay = '{time_}'")
    cluster.standby.sql("SELECT pg_reload_conf()")


def test_who_wrote_something_sees_it_while_the_standby_is_late_and_dies(
    cluster: Cluster, runner: ForkRunner, people: dict[str, Any], tmp_path: Path
) -> None:
    progress = tmp_path / "progress"
    progress.write_text("0")
    delay(cluster, "200ms")
    child = runner.start(READ, alice=people["alice"], reads=READS, progress=str(progress))
    for death in range(1, DEATHS + 1):
        for number in range(0, death * READS // (DEATHS + 1), READS_OF_A_WRITE):
            wait_until(lambda least=number: int(progress.read_text() or 0) >= least)
        cluster.standby.kill()
        if death < DEATHS:
            time.sleep(dice(f"death {death}").uniform(0, 2))
            cluster.standby.start()
    told = child.ended(MOST_S)
    cluster.standby.start()
    goal("reads from a standby", reads=READS, deaths=DEATHS, **told)
    assert told["from_standby"], "no page was read from the standby"
    assert told["stale"] == 0
    assert told["statuses"] == {"200": READS}


def test_without_the_position_of_the_own_writes_some_are_not_seen(
    cluster: Cluster, runner: ForkRunner, people: dict[str, Any], tmp_path: Path
) -> None:
    """The standby is so late that no machine is too slow to read before."""
    delay(cluster, "20s")
    kept = {"settings": {"REPLICA_MOST_LAG_S": 3600.0}, "progress": str(tmp_path / "progress")}

    def check() -> None:
        assert runner.run(READ, alice=people["alice"], reads=READS_OF_A_WRITE, **kept)["stale"] == 0

    check()
    sabotage("replica.position", check)


def test_a_standby_that_is_too_late_is_not_read(
    cluster: Cluster, runner: ForkRunner, people: dict[str, Any], tmp_path: Path
) -> None:
    delay(cluster, "0")
    told = runner.run(
        READ,
        alice=people["alice"],
        reads=10,
        progress=str(tmp_path / "progress"),
        settings={"REPLICA_MOST_LAG_S": 0.0},
    )
    assert (told["from_standby"], told["stale"], told["statuses"]) == (0, 0, {"200": 10})


def test_a_standby_that_was_promoted_is_not_read(
    cluster: Cluster, people: dict[str, Any], tmp_path: Path
) -> None:
    kept = {"reads": 10, "progress": str(tmp_path / "progress")}
    with run_console(cluster, cluster.primary.url, tmp_path) as runner:
        told = runner.run(READ, alice=people["alice"], **kept)
    assert (told["from_standby"], told["stale"], told["statuses"]) == (0, 0, {"200": 10})


def test_nothing_is_decided_by_what_the_standby_knows(runner: ForkRunner, people: dict[str, Any]) -> None:
    known = {"standby": 0, "refused": True, "sent": 1, "marks": 1, "answered": 302}

    def check() -> None:
        assert runner.run(DECIDE, **people) == known

    check()
    sabotage("replica.router", check)
