import base64
import os
import signal
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Enterprise, User
from console.vault import keyring
from console.vault.management.commands import rotate_keys
from tests.support import database, environment


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


OLD, NEW = key("a"), key("b")


@pytest.fixture
def people(settings: Any, school: Enterprise) -> list[User]:
    """Seven people and their school, some with a token, all under the old key."""
    settings.FIELD_KEYS = [OLD]
    school.tic_key, school.private_key = "key of the school", None
    school.save(update_fields=["tic_key", "private_key"])
    rows = [
        User(enterprise=school, user_id=f"u{n}", login=f"u{n}", user_token=f"token-{n}" if n < 5 else None)
        for n in range(7)
    ]
    User.objects.bulk_create(rows)
    settings.FIELD_KEYS = [NEW, OLD]
    return rows


def rotate(**options: Any) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=out, **options)
    return out.getvalue()


def prefixes() -> set[str]:
    values = [
        *User.objects.values_list("user_token", flat=True),
        *Enterprise.objects.values_list("tic_key", flat=True),
    ]
    return {value[:12] for value in values if value}


def test_afterwards_the_old_key_is_not_needed(people: list[User], settings: Any) -> None:
    told = rotate(batch=2)
    assert "accounts.User: 5 resealed, 0 could not be opened" in told
    assert "accounts.Enterprise: 1 resealed" in told
    settings.FIELD_KEYS = [NEW]
    assert [
        person.user_token and person.user_token.reveal() for person in User.objects.order_by("user_id")
    ] == [
        *(f"token-{n}" for n in range(5)),
        None,
        None,
    ]
    assert Enterprise.objects.get().tic_key.reveal() == "key of the school"


def test_a_second_run_finds_nothing_to_do(people: list[User]) -> None:
    rotate()
    before = list(User.objects.order_by("id").values_list("user_token", flat=True))
    assert "accounts.User: 0 resealed" in rotate()
    assert list(User.objects.order_by("id").values_list("user_token", flat=True)) == before


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(people: list[User]) -> None:
    rotate_keys.rotate(User, [User._meta.get_field("user_token")], 2, print)
    assert len(prefixes()) == 2
    rotate()
    assert prefixes() == {keyring.newest_prefix()[:12]}


def test_the_day_on_which_a_secret_was_chosen_stays(people: list[User]) -> None:
    chosen = User.objects.get(user_id="u0").user_token.set_at
    rotate()
    assert User.objects.get(user_id="u0").user_token.set_at == chosen


def test_a_damaged_row_is_named_and_does_not_stop_the_rest(people: list[User]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update accounts_user set user_token = user_token || 'A' where user_id = 'u1'")
    out = StringIO()
    with pytest.raises(CommandError, match="1 rows keep"):
        call_command("rotate_keys", stdout=out, stderr=out)
    assert f"accounts.User {people[1].pk}:" in out.getvalue()
    assert "accounts.User: 4 resealed, 1 could not be opened" in out.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("where", "sealed_by_then"), [("vault.batch_kept=kill@3", 5), ("vault.resealed=kill@4", 3)]
)
def test_a_killed_run_keeps_its_whole_batches_and_the_next_one_does_the_rest(
    people: list[User], where: str, sealed_by_then: int
) -> None:
    """The school is the first batch, then come people two by two."""
    killed = _program(where)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert _under_the_newest() == sealed_by_then
    again = _program()
    assert again.returncode == 0, again.stderr
    assert f"accounts.User: {6 - sealed_by_then} resealed, 0 could not be opened" in again.stdout
    assert prefixes() == {keyring.newest_prefix()[:12]}
    assert User.objects.get(user_id="u4").user_token.reveal() == "token-4"


def _under_the_newest() -> int:
    values = [
        *User.objects.values_list("user_token", flat=True),
        *Enterprise.objects.values_list("tic_key", flat=True),
    ]
    return sum(bool(value) and value.startswith(keyring.newest_prefix()) for value in values)


def _program(faults: str = "") -> "subprocess.CompletedProcess[str]":
    """`manage.py rotate_keys` with fail points armed, as a process of its own on the database of this
    test."""
    variables = os.environ | {
        "DATABASE_URL": database.own_url(),
        "CELERY_BROKER_URL": "redis://127.0.0.1:9/0",
        "FIELD_KEYS": f"{NEW},{OLD}",
    }
    command = [sys.executable, "-m", "tests.faults.arming", faults, "rotate_keys", "--batch=2"]
    return subprocess.run(command, cwd=environment.ROOT, env=variables, capture_output=True, text=True)
