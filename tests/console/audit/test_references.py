"""IDs in entries have the name beside them, as far as the reader may see the row."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, Role, StudentGroup, User
from console.audit.export import entry_rows
from console.audit.models import AuditEntry
from console.audit.presentation import load_readable_entries
from console.audit.trail import record
from tests.classes.factories import create_planned_lesson
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db


def afters(entry: AuditEntry, reader: User) -> list[str]:
    (readable,) = load_readable_entries([entry], reader)
    return [change.after for change in readable.changes]


def test_people_lessons_groups_and_the_school_are_named(alice: User, bob: User, school: Enterprise) -> None:
    lesson = create_planned_lesson(bob, topic="Croquet")
    group = StudentGroup.objects.create(enterprise=school, name="Class 3")
    after = {"lessons": [lesson.pk], "groups": [group.pk], "teacher": bob.user_id, "person": bob.pk}
    entry = record("lesson.change_many", by=alice, after=after)
    assert afters(entry, alice) == [
        f"Croquet ({lesson.pk})",
        f"Class 3 ({group.pk})",
        f"Bob ({bob.user_id})",
        f"Bob ({bob.pk})",
    ]
    page = page_text(client_for(alice, "zh-hans").get(f"/audit/{entry.pk}/"))
    assert f"Croquet ({lesson.pk})" in page


def test_a_field_with_a_foreign_key_names_its_row(alice: User, bob: User) -> None:
    entry = record("lesson.change", create_planned_lesson(bob), by=alice, after={"teacher": bob.pk})
    assert afters(entry, alice) == [f"Bob ({bob.pk})"]


def test_a_deleted_row_keeps_its_id_and_a_count_stays_a_count(alice: User, bob: User) -> None:
    lesson = create_planned_lesson(bob)
    entry = record("course.cancel", by=alice, after={"from": lesson.pk, "lessons": 1})
    number = lesson.pk
    lesson.delete()
    assert afters(entry, alice) == [str(number), "1"]


def test_a_row_of_another_school_is_not_named(alice: User, bob: User, charlie: User) -> None:
    entry = record(
        "lesson.call", by=alice, after={"person": charlie.pk, "from": create_planned_lesson(charlie).pk}
    )
    assert afters(entry, alice) == [str(charlie.pk), str(entry.after and entry.after["from"])]


def test_the_list_and_the_file_name_who_did_it(alice: User, bob: User) -> None:
    record("person.change", bob, by=alice, after={"teacher": bob.user_id})
    assert f"Alice ({alice.login})" in page_text(client_for(alice).get("/audit/"))
    (row,) = entry_rows(AuditEntry.objects.filter(action="person.change"), alice)
    assert row["who"] == f"Alice ({alice.login})"
    assert f"Bob ({bob.user_id})" in row["after"]


def test_an_entry_without_a_label_names_its_object(alice: User, bob: User) -> None:
    entry = AuditEntry.objects.create(
        enterprise=alice.enterprise,
        action="row.changed",
        actor_label="database: x",
        object_type="accounts.user",
        object_id=str(bob.pk),
    )
    (readable,) = load_readable_entries([entry], alice)
    assert readable.thing == f"Bob ({bob.pk})"


@pytest.mark.parametrize("path", ["/audit/", "entry"])
def test_names_cost_as_many_queries_for_many_rows_as_for_one(
    alice: User, bob: User, school: Enterprise, path: str
) -> None:
    def queries(count: int) -> int:
        lessons = [create_planned_lesson(bob).pk for _ in range(count)]
        entry = record("lesson.change_many", by=alice, after={"lessons": lessons})
        client: Any = client_for(alice)
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/audit/{entry.pk}/" if path == "entry" else path)
        return len(seen)

    record("person.change", bob, by=alice)
    first = queries(1)
    for number in range(5):
        record("person.change", create_person(school, f"hare{number}", Role.STUDENT), by=bob)
    assert queries(8) == first
