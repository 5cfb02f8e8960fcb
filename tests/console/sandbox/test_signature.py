"""Public parameters and their signature: appendix 1 and 2, read strictly."""

import hashlib
import json
import random
import struct
import time
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest
import requests

from tests.console.sandbox.md5 import finish, padding
from tests.faults.sizes import size
from tests.support.sandbox import Sandbox

APP, KEY = 1400000001, "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"


def ask(sandbox: Sandbox, query: str, body: str = "{}") -> int:
    """The error_code of a query sent byte for byte (requests would rewrite `%31` as `1`)."""
    server = urlsplit(sandbox.url)
    connection = HTTPConnection(str(server.hostname), server.port, timeout=10)
    try:
        connection.request("POST", f"/paas/v1/business/info?{query}", body.encode())
        answer = connection.getresponse()
        assert answer.status == 200
        return int(json.loads(answer.read())["error_code"])
    finally:
        connection.close()


def soon() -> int:
    return int(time.time()) + 120


def signed(expire: object) -> str:
    return hashlib.md5(f"{KEY}{expire}".encode()).hexdigest()


def test_the_documents_own_example_verifies_on_a_clock_that_stands_at_its_moment(sandbox: Sandbox) -> None:
    sandbox.control("knobs", {"sign_clock": "moved"})
    sandbox.control("clock", {"set": 1548247717, "frozen": True})
    sign = "28374bd8cff400ac4906414780fbe387"
    try:
        assert ask(sandbox, f"sdkappid={APP}&random=37926&expire_time=1548247837&sign={sign}") == 0
        sandbox.control("clock", {"move": 121})
        assert ask(sandbox, f"sdkappid={APP}&random=37926&expire_time=1548247837&sign={sign}") == 10217
    finally:
        sandbox.control("clock", {"reset": True})
        sandbox.control("knobs", {"sign_clock": None})


def test_every_answer_tells_the_clock_that_judges_signatures(sandbox: Sandbox) -> None:
    def date() -> float:
        answer = requests.post(sandbox.signed("business/info"), json={}, timeout=10)
        return parsedate_to_datetime(answer.headers["Date"]).timestamp()

    sandbox.control("clock", {"move": 600})
    try:
        assert date() == pytest.approx(time.time(), abs=5)
        sandbox.control("knobs", {"sign_clock": "moved"})
        assert date() == pytest.approx(time.time() + 600, abs=5)
    finally:
        sandbox.control("clock", {"reset": True})
        sandbox.control("knobs", {"sign_clock": None})


def test_expire_time_may_stand_in_the_url_or_the_body_and_must_agree_where_it_stands_in_both(
    sandbox: Sandbox,
) -> None:
    expire = soon()
    named = f"sdkappid={APP}&random=1&sign={signed(expire)}"
    assert ask(sandbox, named, f'{{"expire_time": {expire}}}') == 0
    assert ask(sandbox, named, f'{{"expire_time": "{expire}"}}') == 0
    assert ask(sandbox, f"{named}&expire_time={expire}", f'{{"expire_time": {expire}}}') == 0
    assert ask(sandbox, f"{named}&expire_time={expire}", f'{{"expire_time": {expire + 1}}}') == 10217
    assert ask(sandbox, named) == 10217


def odd_queries() -> list[str]:
    """Sixty ways to write a signature that a careless reader would take."""
    expire = soon()
    sign, past = signed(expire), int(time.time()) - 10
    full_width = "".join(chr(0xFF10 + int(digit)) for digit in str(expire))
    arabic = "".join(chr(0x660 + int(digit)) for digit in str(expire))
    text = str(expire)
    times = [
        f" {text}", f"{text} ", f"+{text}", f"-{text}", f"0{text}", f"{text}.0", f"{text}e0", f"{text}\n",
        f"{text}\r\n", f"\t{text}", f"{text[:3]}_{text[3:]}", f"{text}L", f"0x{expire:x}", full_width, arabic,
        text[:9], f"{text}0", "", "null", "true", f"[{text}]", f'"{text}"', f"{text},{text}", f"{text}\x00",
        f"{text}%00", f"%31{text[1:]}", "0000000000", str(past),
    ]  # fmt: skip
    queries = [f"sdkappid={APP}&random=1&expire_time={quote(t)}&sign={signed(t)}" for t in times]
    queries += [f"sdkappid={APP}&random=1&expire_time=%31{text[1:]}&sign={sign}"]
    signs = [
        sign.upper(), f"{sign} ", f" {sign}", sign[:31], f"{sign}0", "", f"0x{sign}", sign[::-1], "0" * 32,
        f"{sign}\n", f'"{sign}"', f"%{ord(sign[0]):x}{sign[1:]}", hashlib.md5(text.encode()).hexdigest(),
        hashlib.md5(f"{text}{KEY}".encode()).hexdigest(), hashlib.sha1(f"{KEY}{text}".encode()).hexdigest(),
        hashlib.md5(f"{KEY}{text}\n".encode()).hexdigest(), hashlib.md5(KEY.encode()).hexdigest(),
    ]  # fmt: skip
    queries += [f"sdkappid={APP}&random=1&expire_time={text}&sign={quote(s, safe='%')}" for s in signs]
    good = f"sdkappid={APP}&random=1&expire_time={text}&sign={sign}"
    queries += [
        f"{good}&sign={sign}",
        f"{good}&expire_time={text}",
        f"{good}&sdkappid={APP}",
        f"{good}&random=2",
        good.replace("sign=", "Sign="),
        good.replace("sign=", "%73ign="),
        good.replace("expire_time", "EXPIRE_TIME"),
        good.replace("expire_time=", "expire_time+="),
        f"{good}&%73ign={sign}",
        good.replace("&sign", ";sign"),
        good.replace("sign=", "sign"),
        good.replace("sign=", "sign[]="),
        f"sdkappid={APP}&random=1&expire_time={text}",
        f"sdkappid={APP}&random=1&sign={sign}",
    ]
    return queries


def test_sixty_oddly_written_signatures_are_refused(sandbox: Sandbox) -> None:
    queries = odd_queries()
    assert len(queries) == 60
    assert [query for query in queries if ask(sandbox, query) != 10217] == []


@pytest.mark.faults
def test_length_extended_signatures_are_refused(sandbox: Sandbox) -> None:
    """Each is a true MD5 of the key and a longer text that ends in ten digits, made without the key."""
    rng = random.Random(7)
    taken = []
    for _ in range(size(full=1000, ci=100)):
        expire = soon() - rng.randrange(100)
        tail = str(soon() + rng.randrange(10**6)).encode()
        state = struct.unpack("<4I", bytes.fromhex(signed(expire)))
        glue = padding(len(KEY) + 10)
        extended = str(expire).encode() + glue + tail
        sign = finish(state, len(KEY) + 10 + len(glue), tail)
        assert sign == hashlib.md5(KEY.encode() + extended).hexdigest()
        query = f"sdkappid={APP}&random=1&expire_time={quote(extended)}&sign={sign}"
        if ask(sandbox, query) != 10217:
            taken.append(query)
    assert taken == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("random=1&expire_time={e}&sign={s}", 10270),
        ("sdkappid=999&random=1&expire_time={e}&sign={s}", 10270),
        ("sdkappid=abc&random=1&expire_time={e}&sign={s}", 10270),
        ("sdkappid=99999999999999999999&random=1&expire_time={e}&sign={s}", 10270),
        ("sdkappid={a}&expire_time={e}&sign={s}", 10003),
        ("sdkappid={a}&random={r}&expire_time={e}&sign={s}", 10003),
        ("sdkappid={a}&random=ab12ff&expire_time={e}&sign={s}", 0),
        ("sdkappid={a}&random=1&expire_time={e}&sign={s}&more=1&more=2", 0),
    ],
)
def test_every_public_parameter_is_needed_and_random_is_any_short_string(
    sandbox: Sandbox, query: str, code: int
) -> None:
    expire = soon()
    filled = query.format(a=APP, e=expire, s=signed(expire), r="1" * 65)
    assert ask(sandbox, filled) == code


def test_another_schools_key_signs_nothing_here(sandbox: Sandbox) -> None:
    expire = soon()
    foreign = hashlib.md5(f"another key of thirty-two signs..{expire}".encode()).hexdigest()
    assert ask(sandbox, f"sdkappid={APP}&random=1&expire_time={expire}&sign={foreign}") == 10217


def test_the_signature_is_judged_before_the_body(sandbox: Sandbox) -> None:
    expire = soon()
    good = f"sdkappid={APP}&random=1&expire_time={expire}&sign={signed(expire)}"
    assert ask(sandbox, good, "{no json") == 10000
    assert ask(sandbox, good.replace(signed(expire), "0" * 32), "{no json") == 10217


@pytest.mark.parametrize("body", ["[1]", '"x"', "{", "{,}", "NaN", '{"a": NaN}', "\xff", "[" * 100_000])
def test_a_body_that_is_no_object_is_refused_with_200(sandbox: Sandbox, body: str) -> None:
    answer = sandbox.web.post(sandbox.signed("class/info"), data=body.encode("latin-1"), timeout=10)
    assert answer.status_code == 200
    assert answer.json()["error_code"] in (10000, 10003)


def test_a_body_without_a_json_content_type_is_read_and_an_empty_one_is_enough_where_nothing_is_needed(
    sandbox: Sandbox,
) -> None:
    plain = requests.post(
        sandbox.signed("business/info"), data="", headers={"Content-Type": "text/plain"}, timeout=9
    )
    assert plain.json()["error_code"] == 0


def test_other_methods_and_unknown_paths_answer_200_with_a_code(sandbox: Sandbox) -> None:
    assert sandbox.web.get(sandbox.signed("business/info"), timeout=9).json()["error_code"] == 10000
    assert (
        sandbox.web.post(sandbox.signed("class/nothing"), data="{}", timeout=9).json()["error_code"] == 10000
    )


def test_a_body_larger_than_a_mebibyte_is_not_read(sandbox: Sandbox) -> None:
    answer = requests.post(
        sandbox.signed("business/modify"), data=b'{"name": "' + b"x" * 1_100_000 + b'"}', timeout=9
    )
    assert (answer.status_code, answer.json()["error_code"]) == (200, 10005)
