"""The signature, pinned to the document's own example and checked against a computation of its own."""

import hashlib
import random
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from console.iclass import InvalidSignature, sign, verify
from console.iclass.signing import Signer

KEY = "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"
NOW = 1548247717
UNTIL = 1548247837
SIGN = "28374bd8cff400ac4906414780fbe387"
QUERY = f"sdkappid=1400127140&random=37926&expire_time={UNTIL}&sign={SIGN}"


def query(**changed: str | int) -> str:
    values = {"sdkappid": 1400127140, "random": 37926, "expire_time": UNTIL, "sign": SIGN} | changed
    return "&".join(f"{name}={value}" for name, value in values.items())


def reason(raw: bytes | str, *keys: str, now: float = NOW, **options: int | str) -> str:
    with pytest.raises(InvalidSignature) as caught:
        verify(raw, keys or (KEY,), now=now, **options)  # type: ignore[arg-type]
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


def test_the_example_of_the_document() -> None:
    assert sign(KEY, UNTIL) == SIGN


def test_a_thousand_pairs_equal_a_computation_of_their_own() -> None:
    dice = random.Random(1548247837)
    for _ in range(1000):
        key = "".join(dice.choices("ABCxyz0189+/= 课", k=dice.randint(1, 64)))
        moment = dice.randint(1_000_000_000, 9_999_999_999)
        state = hashlib.new("md5")
        state.update(key.encode("utf-8"))
        state.update(b"%d" % moment)
        assert sign(key, moment) == state.hexdigest()


def test_nothing_is_signed_without_a_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        sign("", UNTIL)


def prepared(signer: Signer, **body: object) -> requests.PreparedRequest:
    url = "http://127.0.0.1:9/paas/v1/class/info"
    return requests.Request("POST", url, json=body, auth=signer).prepare()


def test_a_request_carries_the_four_parameters_and_the_time_twice() -> None:
    request = prepared(Signer(1400127140, KEY, clock=lambda: NOW + 0.9), class_id=7)
    parts = urlsplit(str(request.url))
    values = {name: value[0] for name, value in parse_qs(parts.query).items()}
    assert sorted(values) == ["expire_time", "random", "sdkappid", "sign"]
    assert values["random"].isdigit()
    assert (values["sdkappid"], values["expire_time"], values["sign"]) == ("1400127140", str(UNTIL), SIGN)
    assert parts.path == "/paas/v1/class/info"
    assert request.body == b'{"class_id":7,"expire_time":1548247837}'
    assert request.headers["Content-Length"] == str(len(request.body))


def test_each_request_has_its_own_random_and_its_own_time() -> None:
    ticks = iter(range(NOW, NOW + 100))
    signer = Signer(1, KEY, clock=lambda: next(ticks), life=60)
    queries = [parse_qs(urlsplit(str(prepared(signer).url)).query) for _ in range(20)]
    assert len({values["random"][0] for values in queries}) > 15
    assert [int(values["expire_time"][0]) for values in queries] == list(range(NOW + 60, NOW + 80))


def test_a_signer_does_not_show_its_key() -> None:
    assert KEY not in repr(Signer(1, KEY))


@pytest.mark.parametrize("raw", [QUERY, QUERY.encode(), query(other="1&other=2"), query(random="a1f3")])
def test_a_good_signature_tells_for_whom_and_until_when(raw: bytes | str) -> None:
    verified = verify(raw, [KEY], now=NOW)
    assert (verified.sdkappid, verified.expire_time) == (1400127140, UNTIL)


def test_the_current_and_the_previous_key_are_good() -> None:
    assert verify(QUERY, ["new", KEY], now=NOW)
    assert verify(QUERY, [KEY, ""], now=NOW)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("", "missing"),
        (f"expire_time={UNTIL}&sign={SIGN}", "missing"),
        (query(sdkappid="x"), "missing"),
        (query(sdkappid=""), "missing"),
        (query(sign=""), "missing"),
        (query(expire_time=""), "missing"),
        (QUERY + f"&sign={SIGN}", "repeated"),
        (QUERY + "&sdkappid=2", "repeated"),
        (QUERY + "&random=2", "repeated"),
        (QUERY + "&expire_time", "repeated"),
        (query(sign="0" * 32), "wrong_sign"),
        (query(sign=SIGN.upper()), "wrong_sign"),
        (query(sign=SIGN + "0"), "wrong_sign"),
        (query(sign="课"), "wrong_sign"),
        (query(expire_time=UNTIL + 1), "wrong_sign"),
    ],
)
def test_a_bad_signature_is_refused_in_one_word(raw: str, word: str) -> None:
    assert reason(raw) == word
    assert reason(raw.encode()) == word


@pytest.mark.parametrize(
    "written",
    [
        "154824783",
        "15482478370",
        "+548247837",
        "-548247837",
        " 1548247837",
        "1548247837 ",
        "1548247837\n",
        "1548247837%0A",
        "%31548247837",
        "1_54824783",
        "１５４８２４７８３７",
        "1548247837.0",
        "0x5c484f1d",
        "1548247837\x00",
    ],
)
def test_an_oddly_written_time_is_refused_even_where_the_key_fits(written: str) -> None:
    fitting = hashlib.md5((KEY + written).encode()).hexdigest()
    assert reason(query(expire_time=written, sign=fitting)) == "bad_time"


@given(st.binary(max_size=12).filter(lambda raw: b"&" not in raw and not (len(raw) == 10 and raw.isdigit())))
def test_only_ten_plain_digits_are_a_time(raw: bytes) -> None:
    fitting = hashlib.md5(KEY.encode() + raw).hexdigest()
    forged = b"sdkappid=1&random=1&expire_time=" + raw + b"&sign=" + fitting.encode()
    assert reason(forged) in ("bad_time", "missing")


def test_the_window_is_closed_at_both_ends() -> None:
    assert verify(QUERY, [KEY], now=UNTIL + 900)
    assert reason(QUERY, now=UNTIL + 901) == "expired"
    assert verify(QUERY, [KEY], now=UNTIL - 24 * 3600)
    assert reason(QUERY, now=UNTIL - 24 * 3600 - 1) == "too_far"
    assert reason(QUERY, now=UNTIL + 1, past=0) == "expired"
    assert reason(QUERY, now=UNTIL - 11, ahead=10) == "too_far"


@pytest.mark.parametrize("keys", [(), ("",), ("", "")])
def test_an_empty_key_never_matches(keys: tuple[str, ...]) -> None:
    signed_with_nothing = hashlib.md5(str(UNTIL).encode()).hexdigest()
    with pytest.raises(InvalidSignature, match="wrong_sign"):
        verify(query(sign=signed_with_nothing), keys, now=NOW)


def test_the_time_may_stand_in_the_body_alone_but_must_not_contradict_the_address() -> None:
    bare = f"sdkappid=1&random=1&sign={SIGN}"
    assert verify(bare, [KEY], now=NOW, time_in_body=UNTIL).expire_time == UNTIL
    assert verify(QUERY, [KEY], now=NOW, time_in_body=str(UNTIL)).expire_time == UNTIL
    assert reason(bare) == "missing"
    assert reason(QUERY, time_in_body=UNTIL + 1) == "bad_time"
