import copy
import json
import logging
import pickle
import traceback

import msgspec
import pytest
from django.core.serializers.json import DjangoJSONEncoder

from console.vault.keyring import VaultError
from console.vault.secret import Secret

CANARY = "wonderland-0451-canary"


def test_a_secret_shows_nothing_however_it_is_printed() -> None:
    secret = Secret(CANARY)
    told = [str(secret), repr(secret), f"{secret}", f"{secret:>40}", str([secret]), str({"key": secret})]
    assert CANARY not in "".join(told)
    assert told[0] == "***"


def test_a_secret_shows_nothing_in_a_log_or_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    with caplog.at_level(logging.INFO):
        logging.getLogger("school").info("the key is %s, %r", secret, {"key": secret})
    assert CANARY not in caplog.text
    with pytest.raises(ValueError, match="no such key") as caught:
        raise ValueError("no such key", secret)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert f"'{CANARY}'" not in str(caught.value)
    assert "secret = ***" in "".join(shown.format())


def test_only_reveal_tells() -> None:
    assert Secret(CANARY).reveal() == CANARY


@pytest.mark.parametrize(
    "write", [pickle.dumps, json.dumps, DjangoJSONEncoder().encode, msgspec.json.encode, msgspec.to_builtins]
)
def test_a_secret_is_written_by_no_format(write) -> None:
    with pytest.raises(TypeError) as caught:
        write({"key": Secret(CANARY)})
    assert CANARY not in str(caught.value)


def test_a_secret_has_no_attributes_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Secret(CANARY))


def test_a_copy_is_the_secret_itself() -> None:
    secret = Secret(CANARY)
    assert copy.deepcopy({"key": secret})["key"] is secret
    assert copy.copy(secret) is secret


def test_secrets_are_compared_by_what_they_hold() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_the_end_of_a_long_secret_is_shown_and_none_of_a_short_one(settings) -> None:
    settings.LANGUAGE_CODE = "en"
    assert Secret("DzXpbluRsmo1Jkab").ends.endswith("…ab")
    assert Secret("1234567").ends.endswith("…")


def test_a_secret_that_was_typed_is_stored_nowhere() -> None:
    secret = Secret(CANARY)
    assert secret.sealed is None
    assert secret.set_at is None
    with pytest.raises(VaultError, match="not stored"):
        _ = secret.place
