"""After an erasure no column of any table holds a value of the person, however it is written down."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, PeopleImportRow, User
from accounts.people.erasure import erase_person
from classes.attendance.leave import request_leave
from classes.models import Attendance, Observation
from console.inbox.models import Callback
from console.jobs import runner
from console.jobs.models import Job
from console.policy.database_scope import as_owner
from console.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.faults.goals import goal
from tests.security.encodings import find_secrets
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.support.page_client import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NAME, PHONE, E_MAIL = "Zephyrine Quux", "13977550246", "zephyrine@quux.example"
VALUES = (
    *(("name", NAME), ("name in pinyin", "zephyrinequux"), ("former name", "Vormalia")),
    *(("phone", PHONE), ("address", E_MAIL), ("birthday", "2012-02-29")),
    *(("guardian", "Hildegard Quux"), ("phone of the guardian", "13977550999")),
)


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    """Dina as a school works with her: entered, changed, imported, polled, called back, written about."""
    found = build_sample_school(school, other_school, olga)
    Job.objects.all().delete()
    dina, alice = found.rows["person"], found.people["admin"]
    client = client_for(alice)
    typed = {"role": "student", "gender": "female"}
    client.post(f"/people/{dina.pk}/edit/", typed | {"nickname": "Vormalia"})
    client.post(f"/people/{dina.pk}/edit/", typed | {"nickname": NAME, "phone_no": PHONE, "e_mail": E_MAIL})
    dina.refresh_from_db()
    guardian = {"name": "Hildegard Quux", "relation": "mother", "phone_no": "13977550999", "language": "en"}
    assert client.post(f"/people/{dina.pk}/guardians/new/", guardian).status_code == 302
    assert client.post(f"/people/{dina.pk}/data/", {"reason": "A parent asks"}).status_code == 302
    period = timezone.now(), timezone.now() + timedelta(hours=1)
    request_leave(person=dina, periods=[period], kind="sick", reason=f"{NAME} is ill", by=dina)
    lesson = found.rows["lesson"]
    told = {"user_id": dina.user_id, "nickname": NAME, "phone_no": PHONE}
    Observation.objects.create(lesson=lesson, source="poll", user_id=dina.user_id, nickname=NAME, raw=told)
    Attendance.objects.filter(lesson=lesson, person=dina).update(nickname=NAME)
    Callback.objects.create(enterprise=school, fingerprint="x", body={"members": [told]})
    PeopleImportRow.objects.create(
        source=found.rows["import"], enterprise=school, person=dina, user_id=dina.user_id, number=2,
        cells=[NAME, PHONE, E_MAIL], before={"nickname": "Vormalia"}, after={"nickname": NAME},
    )  # fmt: skip
    endpoint = WebhookEndpoint.objects.create(enterprise=school, url="https://hook.example/", secret="x")
    delivery = WebhookDelivery.objects.create(enterprise=school, endpoint=endpoint, event="person.changed")
    for answer in (f"{NAME} {PHONE}", '{"name": "Zephyrine\\u0020Quux"}', f"thanks, {E_MAIL}"):
        WebhookAttempt.objects.create(
            delivery=delivery, fence=1, started_at=timezone.now(), outcome="delivered", answer=answer
        )
    runner.run_due_jobs()
    return found


def dump() -> Iterator[tuple[str, int, str]]:
    """Each table with its number of columns, and all its rows as text."""
    with as_owner(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" t')
            rows = "\n".join(row[0] for row in cursor.fetchall())
            cursor.execute("select count(*) from information_schema.columns where table_name = %s", [table])
            yield table, cursor.fetchone()[0], rows


def held(text: str) -> list[str]:
    lower = [(name, value.lower()) for name, value in VALUES]
    return find_secrets(text.lower().encode(), lower)


def test_a_dump_of_the_database_holds_no_value_of_the_person(world: SampleSchool) -> None:
    dina: Any = world.rows["person"]
    before = {table: held(rows) for table, _columns, rows in dump()}
    assert len([table for table, found in before.items() if found]) > 5, "the values were in many tables"
    erase_person(person=dina, by=world.people["admin"], reason="asked")
    after = list(dump())
    wrong = [(table, held(rows)) for table, _columns, rows in after if held(rows)]
    columns = sum(number for _table, number, _rows in after)
    goal("erasure", tables=len(after), columns=columns, values=len(VALUES), wrong=len(wrong))
    assert wrong == []
