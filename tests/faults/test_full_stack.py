"""Worker, broker and database killed at random under load: nothing lost, nothing doubled, no event lost.

Every run has them one by one: `test_kill`, `test_callbacks_killed`, `test_beats`, and in `tests/flows`
`test_killed_worker` and `test_broker_restart`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.faults.full_stack import VICTIMS, FullStack
from tests.faults.goals import goal
from tests.faults.rabbitmq import is_installed
from tests.faults.sizes import dice

KILLS = 100
#: For each kill so many wishes are uttered meanwhile, and so many events called back.
WISHES, EVENTS = 6, 2
BROKERS = ["valkey", "rabbitmq"]

pytestmark = pytest.mark.full


@pytest.fixture
def plant() -> Iterator[Callable[..., FullStack]]:
    """Make a plant: `plant("valkey")`; it ends with the test."""
    made: list[FullStack] = []

    def make(broker: str) -> FullStack:
        made.append(FullStack(rabbit=broker == "rabbitmq"))
        return made[-1]

    yield make
    for each in made:
        each.close()


def kill_under_load(plant: FullStack, kills: int) -> Counter[str]:
    """Kill at random while people work and the service calls back; how often what was killed."""
    chance = dice("processes")
    victims = [VICTIMS[number % len(VICTIMS)] for number in range(kills)]
    chance.shuffle(victims)
    for number, victim in enumerate(victims):
        for event in range(EVENTS):
            plant.call_back(f"kill-{number}-{event}")
        time.sleep(chance.uniform(0.1, 0.7))
        plant.kill(victim, chance)
    return Counter(victims)


@pytest.mark.parametrize("broker", BROKERS)
def test_killed_processes_lose_and_double_nothing(plant, broker):
    if broker == "rabbitmq" and not is_installed():
        pytest.skip("RabbitMQ is not installed; as root on Debian `make faults` does it")
    kills = KILLS // len(BROKERS)
    one = plant(broker)
    people = one.load(wishes=kills * WISHES, seed=kills)
    killed = kill_under_load(one, kills)
    accepted = people.ended(seconds=300)["accepted"]
    left = one.rest()
    told = one.verdict(accepted)
    answered = one.acknowledged()
    lost_events = sorted(set(answered) - set(told["events"]))
    goal(
        "killed processes",
        kills=kills,
        **{f"killed_{victim}": number for victim, number in sorted(killed.items())},
        broker=broker,
        wishes=len(accepted),
        **told["figures"],
        acknowledged=len(answered),
        events_lost=len(lost_events),
        left=sum(left.values()),
    )
    assert not left, f"{left}: {one.worker_log_tail()}"
    assert not told["bad"], told["bad"][:5]
    assert not lost_events
    assert len(answered) == kills * EVENTS, "the service gave up on an event"
