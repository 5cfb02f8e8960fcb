import base64
import random
import string
from datetime import UTC, datetime

import pytest
import time_machine

from console.vault import keyring
from console.vault.checks import check_field_keys
from console.vault.keyring import SealedLocation, VaultError, seal, seal_bytes, unseal, unseal_bytes

CLEAR = b"wonderland-0451-canary"
HERE = SealedLocation("accounts_enterprise", "tic_key", "3570101", "6f9a")


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


@pytest.fixture(autouse=True)
def one_key(settings) -> None:
    settings.FIELD_KEYS = [key("a")]


def test_a_value_comes_back_in_its_place_alone() -> None:
    sealed = seal(CLEAR, HERE)
    assert CLEAR.decode() not in sealed
    assert unseal(sealed, HERE) == CLEAR


@pytest.mark.parametrize("part", SealedLocation._fields)
def test_a_value_opens_in_no_other_place(part: str) -> None:
    sealed = seal(CLEAR, HERE)
    with pytest.raises(VaultError, match="belongs to another row"):
        unseal(sealed, HERE._replace(**{part: "elsewhere"}))


def test_places_whose_names_run_together_are_not_confused() -> None:
    sealed = seal(CLEAR, SealedLocation("ab", "c", "d", "e"))
    with pytest.raises(VaultError):
        unseal(sealed, SealedLocation("a", "bc", "d", "e"))


def test_a_thousand_changed_letters_are_a_thousand_refusals() -> None:
    dice = random.Random(2026)
    sealed = seal(CLEAR, HERE)
    letters = string.ascii_letters + string.digits + "-_=.~ \né０"
    for _ in range(1000):
        place = dice.randrange(len(sealed))
        other = dice.choice([letter for letter in letters if letter != sealed[place]])
        with pytest.raises(VaultError) as caught:
            unseal(sealed[:place] + other + sealed[place + 1 :], HERE)
        assert CLEAR.decode() not in str(caught.value)


def test_a_thousand_flipped_bits_are_a_thousand_refusals() -> None:
    dice = random.Random(7)
    version, key_id, body = seal(CLEAR, HERE).split(".")
    for _ in range(1000):
        raw = bytearray(base64.urlsafe_b64decode(body))
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        with pytest.raises(VaultError, match="cannot be opened"):
            unseal(f"{version}.{key_id}.{base64.urlsafe_b64encode(raw).decode()}", HERE)


@pytest.mark.parametrize("text", ["", "clear", "s1..", "s2.00000000." + "A" * 64, "s1.00000000." + "A" * 45])
def test_what_was_never_sealed_is_refused_in_words(text: str) -> None:
    with pytest.raises(VaultError, match="accounts_enterprise.tic_key is not a sealed value"):
        unseal(text, HERE)


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({seal(CLEAR, HERE) for _ in range(100)}) == 100


def test_a_value_under_an_older_key_still_opens_and_a_missing_key_is_named(settings) -> None:
    sealed = seal(CLEAR, HERE)
    settings.FIELD_KEYS = [key("b"), key("a")]
    assert unseal(sealed, HERE) == CLEAR
    settings.FIELD_KEYS = [key("b")]
    with pytest.raises(VaultError, match=sealed.split(".")[1]):
        unseal(sealed, HERE)


def test_a_value_knows_when_it_was_chosen() -> None:
    noon = datetime(2026, 5, 3, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        sealed = seal(CLEAR, HERE)
    assert keyring.set_at(sealed) == noon
    assert keyring.set_at("nonsense") is None


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], "empty"),
        (["secret"], "Key 1"),
        ([key("a"), base64.b64encode(b"short").decode()], "Key 2"),
        ([""], "Key 1"),
    ],
)
def test_keys_that_are_no_keys_are_refused_at_start_without_being_told(settings, keys, words) -> None:
    settings.FIELD_KEYS = keys
    (problem,) = check_field_keys(None)
    assert problem.id == "vault.E001"
    assert words in str(problem.msg)
    assert not any(text and text in str(problem) for text in keys)


def test_good_keys_pass_in_either_alphabet_of_base64(settings) -> None:
    raw = bytes([251, 255, 254] * 10 + [1, 2])
    settings.FIELD_KEYS = [base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()]
    assert check_field_keys(None) == []


def test_bytes_of_a_file_open_in_their_own_file_alone() -> None:
    line = seal_bytes(CLEAR, "spool/1")
    assert b"\n" not in line
    assert CLEAR not in line
    assert unseal_bytes(line, "spool/1") == CLEAR
    with pytest.raises(VaultError):
        unseal_bytes(line, "spool/2")
    with pytest.raises(VaultError):
        unseal_bytes(b"\xff\xfe torn line", "spool/1")
