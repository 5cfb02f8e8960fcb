"""Role, school and limits are settings of a transaction: nothing is left on a connection for others."""

import pytest
from django.db import DataError, NotSupportedError, connection, transaction

from accounts.models import User
from console.postgresql.transaction_settings import set_for_process, use_settings

NAME = "console.school"


def current(name: str = NAME) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0] or ""


def left_on_the_connection() -> str:
    """What another client of a pooler would find in the session."""
    line = connection.connection
    line.pgconn.exec_(b"BEGIN")
    found = line.pgconn.exec_(f"SELECT current_setting('{NAME}', true)".encode()).get_value(0, 0)
    line.pgconn.exec_(b"COMMIT")
    return (found or b"").decode()


@pytest.mark.django_db(transaction=True)
def test_each_statement_and_each_transaction_has_the_settings_and_leaves_none() -> None:
    with use_settings({NAME: "7"}):
        assert current() == "7"
        assert left_on_the_connection() == ""
        with transaction.atomic():
            assert current() == "7"
            assert current() == "7"
        assert left_on_the_connection() == ""
    assert current() == ""


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_has_begun_gets_a_change_and_loses_it_again() -> None:
    with transaction.atomic():
        assert current() == ""
        with use_settings({NAME: "7"}):
            with use_settings({NAME: "8"}):
                assert current() == "8"
            assert current() == "7"
        assert current() == ""


@pytest.mark.django_db(transaction=True)
def test_after_an_error_the_former_settings_are_back() -> None:
    with use_settings({NAME: "7"}):
        with pytest.raises(DataError), transaction.atomic(), use_settings({NAME: "8"}):
            _divide_by_zero()
        assert current() == "7"


def _divide_by_zero() -> None:
    assert current() == "8"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


@pytest.mark.django_db(transaction=True)
def test_a_setting_of_the_process_is_in_each_transaction_and_a_context_goes_before_it() -> None:
    set_for_process(NAME, "1")
    try:
        with use_settings({NAME: "7"}):
            assert current() == "7"
        assert current() == "1"
        assert left_on_the_connection() == ""
    finally:
        set_for_process(NAME, "")
    assert current() == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "values", "found"),
    [("SELECT '%'", None, "%"), ("SELECT '%%' || %s", ["a"], "%a"), ("SELECT %s; SELECT 2", [1], 1)],
)
def test_the_value_of_a_setting_and_the_statement_may_hold_anything(
    statement: str, values: list[object] | None, found: object
) -> None:
    with use_settings({NAME: "50 % of 'it'; \\"}), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.fetchone() == (found,)
        assert current() == "50 % of 'it'; \\"


@pytest.mark.django_db(transaction=True)
def test_the_rows_of_a_change_are_counted_and_returned(alice: User, bob: User) -> None:
    with use_settings({NAME: "7"}):
        assert User.objects.filter(pk__in=[alice.pk, bob.pk]).update(nickname="x") == 2
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET nickname = 'y' RETURNING nickname")
            assert (cursor.rowcount, cursor.fetchall()) == (2, [("y",), ("y",)])


@pytest.mark.django_db(transaction=True)
def test_rows_are_read_in_parts_inside_a_transaction_alone(alice: User, bob: User) -> None:
    """A cursor of the server ends with its transaction."""
    with use_settings({NAME: "7"}):
        rows = iter(User.objects.order_by("pk").iterator(1))
        assert next(rows) == alice
        assert _open_cursors() == 0
        assert next(rows) == bob
        with transaction.atomic():
            rows = iter(User.objects.order_by("pk").iterator(1))
            assert next(rows) == alice
            assert _open_cursors() == 1
            assert current() == "7"


def _open_cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django%%'", [])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_what_cannot_take_the_settings_along_is_refused_outside_of_a_transaction() -> None:
    def copy() -> list[object]:
        statement = "COPY (SELECT current_setting('x.y', true)) TO STDOUT"
        with connection.cursor() as cursor, cursor.copy(statement) as out:
            return list(out.rows())

    def many() -> None:
        with connection.cursor() as cursor:
            cursor.executemany("SELECT %s", [[1], [2]])

    with use_settings({"x.y": "7"}):
        for act in (copy, many):
            with pytest.raises(NotSupportedError, match="needs a transaction"):
                act()
        with transaction.atomic():
            assert copy() == [("7",)]
        with transaction.atomic():
            many()
            assert current("x.y") == "7"
