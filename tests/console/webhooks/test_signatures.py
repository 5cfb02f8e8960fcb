"""Signatures of Standard Webhooks: the example of the specification, and what a receiver checks."""

import base64
import time
from typing import Any

from console.webhooks.signatures import create_secret, sign, signed_headers
from tests.support.environment import ROOT
from tests.support.webhook_receiver import Message, is_signed

#: The example that the specification's libraries share.
SECRET, MESSAGE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
SECOND, BODY = 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_specification_has_its_signature():
    assert sign(SECRET, MESSAGE, SECOND, BODY) == SIGNATURE


def test_a_message_of_two_secrets_carries_both_signatures_the_newest_first():
    other = create_secret()
    headers = signed_headers([other, SECRET], MESSAGE, SECOND, BODY)
    first, second = headers["webhook-signature"].split(" ")
    assert (first != SIGNATURE, second) == (True, SIGNATURE)
    message = Message("/", headers, BODY, at=SECOND)
    assert is_signed(message, [SECRET])
    assert is_signed(message, [other])
    assert not is_signed(message, [create_secret()])


def test_a_changed_body_id_or_time_is_noticed():
    headers = signed_headers([SECRET], MESSAGE, SECOND, BODY)
    assert is_signed(Message("/", headers, BODY, at=SECOND), [SECRET])
    assert not is_signed(Message("/", headers, BODY + b" ", at=SECOND), [SECRET])
    assert not is_signed(Message("/", headers | {"webhook-id": "msg_2"}, BODY, at=SECOND), [SECRET])
    assert not is_signed(
        Message("/", headers | {"webhook-timestamp": str(SECOND + 1)}, BODY, at=SECOND), [SECRET]
    )
    assert not is_signed(Message("/", headers, BODY, at=SECOND + 3600), [SECRET])


def test_a_secret_has_as_many_bytes_as_the_specification_asks_for_and_differs_each_time():
    secrets = {create_secret() for _ in range(50)}
    assert len(secrets) == 50
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64


def test_the_program_of_the_documentation_accepts_and_refuses_what_it_should():
    page = (ROOT / "docs" / "webhooks.md").read_text()
    names: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], names)  # noqa: S102 (the page's own text)
    is_genuine, secret, second = names["is_genuine"], create_secret(), int(time.time())
    headers = signed_headers([create_secret(), secret], MESSAGE, second, BODY)
    assert is_genuine(secret, headers, BODY)
    assert not is_genuine(create_secret(), headers, BODY)
    assert not is_genuine(secret, headers, BODY + b" ")
    assert not is_genuine(secret, signed_headers([secret], MESSAGE, second - 400, BODY), BODY)
