"""The broker is restarted under a running schedule: tasks arrive again within seconds."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import kombu
import pytest

from console.embedded.binaries import valkey_binary
from tests.faults import rabbitmq
from tests.faults.goals import goal
from tests.faults.sizes import size
from tests.support.programs import Program, find_port

#: Seconds until the schedule has sent again, once the broker answers.
WITHIN_S = 10.0
AWAY_S = size(full=4.0, ci=0.0)
QUEUE = "celery"


class Broker(Protocol):
    url: str

    def start(self) -> None: ...

    def kill(self) -> None: ...

    def close(self) -> None: ...


class Valkey:
    """A Valkey on loopback that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = find_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([valkey_binary(), *options], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while waiting(self.url) < 0:
            assert time.monotonic() < until, "the broker does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    close = kill


def waiting(url: str) -> int:
    """How many messages wait; -1 where nobody can be asked."""
    with kombu.Connection(url, connect_timeout=2) as line:
        try:
            line.ensure_connection(max_retries=1, timeout=2)
            with line.channel() as channel:
                queue = kombu.Queue(QUEUE, kombu.Exchange(QUEUE), routing_key=QUEUE)(channel)
                return int(queue.queue_declare(passive=False).message_count)
        except (OSError, kombu.exceptions.OperationalError, *line.connection_errors):
            return -1


@pytest.fixture
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    made: Any = Valkey(tmp_path) if request.param == "valkey" else rabbitmq.RabbitMQ(tmp_path / "rabbit")
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def start_beat(program_variables: dict[str, str], tmp_path: Path) -> Iterator[Callable[[str], Program]]:
    command = ["-m", "celery", "-A", "console", "beat"]
    begun: list[Program] = []

    def start(url: str) -> Program:
        variables = program_variables | {"CELERY_BROKER_URL": url, "SWEEP_EVERY_S": "0.5"}
        begun.append(Program(command, tmp_path / "beat.log", variables))
        begun[-1].start()
        return begun[-1]

    yield start
    for one in begun:
        one.kill()


WITHOUT_RABBIT = pytest.mark.skipif(
    not rabbitmq.is_installed(),
    reason="RabbitMQ is not installed (on Debian: apt-get install rabbitmq-server)",
)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("broker", ["valkey", pytest.param("rabbitmq", marks=WITHOUT_RABBIT)], indirect=True)
def test_the_schedule_goes_on_after_the_broker_was_restarted(
    broker: Broker, start_beat: Callable[[str], Program]
) -> None:
    beat = start_beat(broker.url)
    beat.wait_for(lambda: waiting(broker.url) > 5)
    broker.kill()
    beat.wait_for(lambda: b"the broker is away" in beat.log.read_bytes())
    time.sleep(AWAY_S)
    broker.start()
    held = waiting(broker.url)
    began = time.monotonic()
    beat.wait_for(lambda: waiting(broker.url) > held + 5, seconds=WITHIN_S)
    seconds = time.monotonic() - began
    goal("schedule after a broker restart", broker=type(broker).__name__, back_s=round(seconds, 1))
    assert seconds <= WITHIN_S
