"""Which tests run together, in which order, and what a run leaves for tests/run.py to add up.

--lane=first       tests that live in the process of pytest: as many at once as there are processors
--lane=second      tests that start programs or a browser, on a machine that does nothing else
--order=NUMBER     all tests of the lane in an order by lot, the same for the same number
--outcomes=FILE    what came of each test, and the files whose tests the other lane runs, as JSON
"""

import gc
import json
import os
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

#: Seconds of the longest test of each file that has one above a second; `DURATIONS=keep make test` writes it.
DURATIONS = Path(__file__).resolve().parents[1] / "durations.json"
#: Fixtures that start programs for one test. Those that a worker shares (sandbox, clamd) are no reason.
PROCESS_FIXTURES = {"browser", "pooler", "program_variables", "start_nginx", "session_fork_runner"}
#: Packages and modules of tests whose subject is programs.
PROCESS_PATHS = (
    *("tests/bench/", "tests/deploy/", "tests/faults/", "tests/flows/", "tests/upgrades/"),
    *("tests/console/embedded/", "tests/console/policy/management/", "tests/console/variables/"),
    "tests/accounts/imports/one_roster/test_service.py",
    "tests/console/child_process/test_runner.py",
    "tests/console/iclass/test_company_network.py",
    "tests/console/notifications/channels/test_mail_server.py",
    "tests/console/policy/test_row_security_verification.py",
    "tests/console/sandbox/test_start.py",
    "tests/console/test_celery.py",
    "tests/console/test_checks.py",
    "tests/console/test_generated_client.py",
    "tests/console/test_migration_state.py",
    "tests/console/test_run.py",
    "tests/console/test_wsgi.py",
    "tests/console/vault/test_rotate_keys.py",
    "tests/docs/test_first_school.py",
    "tests/docs/test_rest_api.py",
    "tests/docs/test_site.py",
    "tests/documents/files/test_hostile_files.py",
    "tests/security/test_production.py",
    "tests/security/test_slow_clients.py",
    "tests/support/test_isolation.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lanes")
    group.addoption("--lane", choices=["first", "second"], help="run the tests of one lane only")
    group.addoption("--order", type=int, metavar="NUMBER", help="run the tests in an order by lot")
    group.addoption("--outcomes", type=Path, metavar="FILE", help="write what came of each test, as JSON")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(PROCESS_PATHS) or PROCESS_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("processes")
    if os.environ.get("FAULTS") != "full":
        _deselect(config, items, [item for item in items if item.get_closest_marker("full")])
    if lane := config.getoption("lane"):
        others = [item for item in items if _is_second(item) != (lane == "second")]
        _output_of(config)["other_lane"] = sorted({_file_of(item) for item in others})
        _deselect(config, items, others)
        _deal_out(items, json.loads(DURATIONS.read_text()), _worker_count(config))
    if (number := config.getoption("order")) is not None:
        random.Random(number).shuffle(items)


def pytest_collection_finish() -> None:
    """What was collected stays until the end: no collection of garbage has to look at it again."""
    gc.collect()
    gc.freeze()


def _deselect(config: pytest.Config, items: list[pytest.Item], others: list[pytest.Item]) -> None:
    left = set(others)
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=others)


def _output_of(config: pytest.Config) -> dict[str, list[str]]:
    """What a worker of pytest-xdist hands over to the first process; there, what nobody reads."""
    return getattr(config, "workeroutput", {})


def _worker_count(config: pytest.Config) -> int:
    return int(getattr(config, "workerinput", {}).get("workercount", 1))


def _deal_out(items: list[pytest.Item], seconds: dict[str, float], workers: int) -> None:
    """Files with long tests first, dealt to the workers in turn, so that none waits for another at the end.

    pytest-xdist cuts the list into as many equal parts, and who has finished takes over from the others.
    """
    files = sorted({_file_of(item) for item in items}, key=lambda file: (-seconds.get(file, 0), file))
    order = [file for worker in range(workers) for file in files[worker::workers]]
    place = {file: number for number, file in enumerate(order)}
    items.sort(key=lambda item: place[_file_of(item)])


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _is_second(item: pytest.Item) -> bool:
    return item.get_closest_marker("processes") is not None


def pytest_configure(config: pytest.Config) -> None:
    """In the first process alone: the workers of pytest-xdist report to it."""
    if config.getoption("outcomes") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Outcomes(config.getoption("outcomes")))


class _Outcomes:
    """Collects what came of each test: `outcome`, `seconds` of all its phases, `slow` if it is marked so."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.outcomes: dict[str, str] = {}
        self.slow: set[str] = set()
        self.other_lane: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Every worker collects the same tests."""
        self.other_lane = getattr(node, "workeroutput", {}).get("other_lane", self.other_lane)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        tells = report.outcome != "passed" or report.when == "call"
        if tells and self.outcomes.get(report.nodeid) != "failed":
            self.outcomes[report.nodeid] = report.outcome
        if "slow" in report.keywords:
            self.slow.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        tests = {
            nodeid: {"outcome": outcome, "seconds": self.seconds[nodeid], "slow": nodeid in self.slow}
            for nodeid, outcome in self.outcomes.items()
        }
        self.file.write_text(json.dumps({"tests": tests, "other_lane": self.other_lane}))
