import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from console.outbox.models import Operation

pytestmark = pytest.mark.django_db

PASSWORD = "through-the-looking-glass-6"


def add(*more, user_id="alice", role="admin", sdkappid=1400000001):
    call_command("person", "add", "--sdkappid", str(sdkappid), "--user-id", user_id, "--role", role, *more)


def typed(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_person_is_made_who_may_sign_in(school, capsys, monkeypatch):
    typed(monkeypatch, f"{PASSWORD}\n")
    add("--nickname", "Alice", "--password-stdin")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"login": "alice@1400000001"}
    alice = User.objects.get()
    assert (alice.enterprise, alice.nickname, alice.role) == (school, "Alice", "admin")
    assert Client().login(username="alice@1400000001", password=PASSWORD)
    assert Operation.objects.get().kind == "user.register"


def test_without_a_password_nobody_signs_in(school, capsys):
    add(role="student", user_id="dina")
    dina = User.objects.get()
    assert (dina.has_usable_password(), dina.nickname) == (False, "dina")


def test_a_password_that_is_easily_guessed_makes_nobody(school, monkeypatch):
    for weak in ("12345", "", "alice"):
        typed(monkeypatch, f"{weak}\n")
        with pytest.raises(CommandError):
            add("--password-stdin")
    assert not User.objects.exists()
    assert not Operation.objects.exists()


def test_what_does_not_hold_is_a_sentence(school, alice):
    for wrong in ({"sdkappid": 7}, {"user_id": "alice"}, {"user_id": "with space"}, {"role": "king"}):
        with pytest.raises(CommandError) as refused:
            add(**wrong)
        assert len(str(refused.value)) > 10
    assert User.objects.count() == 1
