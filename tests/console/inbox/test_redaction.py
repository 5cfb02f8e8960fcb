"""What opens a door is taken out of a body; what helps to understand it stays."""

import json
from functools import partial
from typing import Any

import pytest

from console.inbox.redaction import redact_body, redact_text
from tests.support.time_growth import MAX_GROWTH, time_growth

CANARY = "c4n4ry"


@pytest.mark.parametrize(
    "body",
    [
        {"user_token": CANARY},
        {"userSig": CANARY},
        {"data": [{"admin_sig": CANARY}, {"password": [CANARY]}]},
        {"private_key": {"pem": CANARY}},
        {"url": f"https://a.example/x.mp4?sign={CANARY}"},
        {"url": f"https://a.example/x.mp4#{CANARY}"},
        {"url": f"https://bob:{CANARY}@a.example/x.mp4"},
        {"note": f"see https://a.example/?t={CANARY} please"},
        {"note": f"token={CANARY}"},
        [f"https://a.example/?{CANARY}"],
        f"https://[broken/?sign={CANARY}",
    ],
)
def test_a_secret_is_taken_out_wherever_it_lies(body: Any) -> None:
    assert CANARY not in redact_body(body)


def test_what_is_no_secret_stays_readable() -> None:
    body = {
        "class_id": 7,
        "design": "blue",
        "monkey": "见",
        "url": "https://a.example/way/x.mp4",
        "none": None,
    }
    assert json.loads(redact_body(body)) == body


def test_the_way_to_a_file_stays_without_its_query() -> None:
    assert json.loads(redact_body({"u": "https://a.example/x.mp4?a=1"})) == {
        "u": "https://a.example/x.mp4?***"
    }


@pytest.mark.parametrize(
    "raw",
    [
        f'{{"user_token": "{CANARY}"',
        f"sign={CANARY}&x=1",
        f"https://a.example/?{CANARY}",
        f"password: '{CANARY}'",
    ],
)
def test_text_that_is_no_json_loses_what_looks_like_a_secret(raw: str) -> None:
    assert CANARY not in redact_text(raw)


@pytest.mark.parametrize("unit", ["a", "http://", "token ", "sign-", "key='", "https://a?"])
def test_a_long_string_takes_time_in_proportion_to_its_length(unit: str) -> None:
    assert time_growth(lambda size: partial(redact_text, unit * size), 1_000) <= MAX_GROWTH
