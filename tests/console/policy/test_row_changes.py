"""`updated_since`: what changed since an earlier answer, and which lists know it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.mixins import ListModelMixin

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from console.policy import database_scope, row_changes
from console.policy.change_table import LISTS
from console.policy.models import RowChange
from tests.support.cast import create_person
from tests.support.rest_client import rest_client
from tests.support.rows_read import collect_rows_read_in_functions, pretend_empty, rows_read
from tests.support.waiting import wait_until

PEOPLE = "/api/v1/users/"


def read(client, position="", path=PEOPLE, **more):
    return client.get(path, {"updated_since": position, **more})


def names(answer) -> list[str]:
    return [row["user_id"] for row in answer.json()["results"]]


def settled_position(client, position="") -> str:
    """A position after all that was committed: open transactions of other workers' tests, in the same
    database cluster, keep it back for a while.
    """
    positions = [position]

    def is_settled() -> bool:
        positions.append(read(client, positions[-1]).headers["Updated-Until"])
        return names(read(client, positions[-1])) == []

    wait_until(is_settled)
    return positions[-1]


@pytest.mark.django_db(transaction=True)
def test_a_list_returns_what_changed_since_the_last_answer(alice: User, bob: User) -> None:
    client = rest_client(alice)
    first = read(client)
    assert names(first) == ["bob", "alice"]
    position = settled_position(client, first.headers["Updated-Until"])
    User.objects.filter(pk=alice.pk).update(nickname="Al")
    assert names(read(client, position)) == ["alice"]
    User.objects.filter(pk=alice.pk).update(last_login=timezone.now())
    position = settled_position(client, position)
    User.objects.filter(pk=alice.pk).update(last_login=timezone.now())
    assert names(read(client, position)) == [], "what no list shows is no change of it"


@pytest.mark.django_db(transaction=True)
def test_what_belongs_to_a_row_changes_it(alice: User, bob: User, school: Enterprise) -> None:
    grade = Grade.objects.create(enterprise=school, name="7", position=1)
    group = StudentGroup.objects.create(enterprise=school, name="7A", grade=grade)
    dina, client = create_person(school, "dina", Role.STUDENT), rest_client(alice)
    groups, grades = "/api/v1/groups/", "/api/v1/grades/"
    since = [read(client, path=path).headers["Updated-Until"] for path in (groups, grades)]
    group.students.set([dina])
    found = [read(client, *args) for args in zip(since, (groups, grades), strict=True)]
    assert [len(answer.json()["results"]) for answer in found] == [1, 1]
    since = [answer.headers["Updated-Until"] for answer in found]
    group.students.set([])
    found = [read(client, *args) for args in zip(since, (groups, grades), strict=True)]
    assert [len(answer.json()["results"]) for answer in found] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_and_is_committed_after_an_answer_is_in_the_next(
    alice: User, bob: User, charlie: User
) -> None:
    client = rest_client(alice)
    position = settled_position(client)
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("UPDATE accounts_user SET nickname = 'late' WHERE id = %s", [bob.pk])
        User.objects.filter(pk=alice.pk).update(nickname="early")
        second = read(client, position)
        assert names(second) == ["alice"]
        other.commit()
        assert "bob" in names(read(client, second.headers["Updated-Until"]))
    finally:
        other.close()


@pytest.mark.django_db
def test_pages_follow_the_key_and_only_the_first_names_the_next_position(alice: User, bob: User) -> None:
    client = rest_client(alice)
    first = read(client, page_size=1)
    assert "Updated-Until" in first.headers
    second = client.get(first.json()["next"])
    assert (names(first), names(second)) == (["bob"], ["alice"])
    assert "Updated-Until" not in second.headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["2031-01-01T00:00:00Z", "1-2", "x-1-1", f"1-{2**63:x}-1", f"1-1-{2**33:x}", "1-1-1-1"]
)
def test_what_is_no_position_is_refused(alice: User, text: str) -> None:
    answer = read(rest_client(alice), text)
    assert answer.status_code == 400
    assert "Updated-Until" in answer.json()["errors"]["updated_since"][0]


@pytest.mark.django_db
def test_an_old_position_and_one_of_another_database_are_gone(alice: User) -> None:
    client, now = rest_client(alice), row_changes.current_position()
    for change in (
        {"cluster": now.cluster - 1},
        {"at": now.at - 31 * 86400},
        {"transaction_id": now.transaction_id + 10**6},
    ):
        answer = read(client, str(now._replace(**change)))
        assert (answer.status_code, answer.json()["code"]) == (410, "position_expired")


@pytest.mark.django_db
def test_a_list_that_knows_no_changes_says_so(alice: User) -> None:
    assert rest_client(alice).get("/api/v1/drift/?updated_since=").status_code == 400


def test_every_list_of_rows_knows_its_changes() -> None:
    found = {view.queryset.model._meta.label for view in list_views()}
    assert found - LISTS.keys() == set(), "Add these to console/policy/change_table.py."
    assert len(found) > 20


def list_views() -> list:
    stack, views = [get_resolver()], []
    while stack:
        for pattern in stack.pop().url_patterns:
            if hasattr(pattern, "url_patterns"):
                stack.append(pattern)
            elif "get" in getattr(pattern.callback, "actions", {}) and issubclass(
                pattern.callback.cls, ListModelMixin
            ):
                views.append(pattern.callback.cls)
    return views


@pytest.mark.django_db
def test_changes_are_those_of_the_school_and_are_deleted_after_a_month(alice: User, charlie: User) -> None:
    with database_scope.use_scope_of(charlie):
        assert set(RowChange.objects.values_list("enterprise", flat=True)) == {charlie.enterprise_id}
    assert row_changes.delete_expired_changes() == 0
    RowChange.objects.update(at=timezone.now() - timedelta(days=32))
    assert row_changes.delete_expired_changes() > 0
    assert not RowChange.objects.exists()


@pytest.mark.django_db
def test_what_an_update_reads_grows_as_its_rows(school: Enterprise) -> None:
    """The plan of the first update is kept, however many rows the later ones have."""
    groups = StudentGroup.objects.bulk_create(
        StudentGroup(enterprise=school, name=f"7{number}") for number in range(400)
    )

    def read_by_update(number: int) -> int:
        some = StudentGroup.objects.filter(pk__in=[one.pk for one in groups[:number]])
        with collect_rows_read_in_functions() as rows:
            some.update(name=Concat("name", Value("!")))
        assert len(rows) > 1, "the triggers were not seen"
        return sum(rows)

    read_by_update(1)
    assert read_by_update(400) <= 2.2 * read_by_update(200)


@pytest.mark.django_db
def test_a_list_of_changes_reads_each_row_once_whatever_is_known_of_the_tables(
    alice: User, school: Enterprise
) -> None:
    client, position = rest_client(alice), str(row_changes.current_position())
    many, changed = 2_000, 200
    people = User.objects.bulk_create(
        User(enterprise=school, user_id=f"p{n}", login=f"p{n}@1", role=Role.STUDENT) for n in range(many)
    )
    RowChange.objects.filter(row_id__gte=people[changed].pk).delete()
    pretend_empty(("accounts_user", "policy_rowchange"))
    # The newest people come first and have not changed.
    assert rows_read(lambda: read(client, position, page_size=changed)) <= 10 * many
