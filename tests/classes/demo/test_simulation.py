"""The simulated people of the running lessons: a failure of the network or the database does not end them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from classes.demo import personas
from classes.demo.running import RUNNING, ensure_running
from classes.demo.school import ensure_people, ensure_school
from classes.demo.simulation import Simulation
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def simulation(iclass: Sandbox, live_server: Any, settings: Any) -> Simulation:
    settings.PUBLIC_URL = live_server.url
    school = ensure_school()
    people = ensure_people(school, groups=2)
    admin = people[personas.ADMIN.user_id]
    ensure_running(school, people, admin, wanted=RUNNING[:2])
    return Simulation(school, people, admin, plans=RUNNING[:2])


def test_people_go_on_after_the_database_ended_the_connection_and_when_the_service_answers_again(
    simulation: Simulation, settings: Any
) -> None:
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    simulation.step()
    simulation.step()
    assert set(simulation.rooms) == set(RUNNING[:2])

    address, settings.ICLASS_BASE_URL = settings.ICLASS_BASE_URL, "http://127.0.0.1:9"
    simulation.step()
    now = timezone.now()
    over = simulation.school.lessons.filter(topic=RUNNING[1].topic)
    over.update(starts_at=now - timedelta(minutes=50), ends_at=now - timedelta(minutes=5))
    simulation.checked_at = float("-inf")
    simulation.step()
    over.update(starts_at=now - timedelta(minutes=20), ends_at=now + timedelta(minutes=25))
    settings.ICLASS_BASE_URL = address
    simulation.step()

    assert set(simulation.rooms) == set(RUNNING[:2])
