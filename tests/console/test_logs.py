"""Lines of the log as a machine reads them: a page and its id, the operations it caused, and no secret."""

import io
import json
import logging
import sys

import pytest
import requests
from structlog.stdlib import ProcessorFormatter

from console.logs import logging_config
from console.policy.tokens import issue_token
from tests.support.cast import TIC_KEY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web(connected, start_console):
    return start_console(LOG_FORMAT="json")


def lines(web):
    return [json.loads(line) for line in web.log.read_text().splitlines() if line.startswith("{")]


def test_a_change_and_the_operation_that_it_caused_carry_the_id_that_the_person_was_given(web, alice, bob):
    answer = requests.patch(
        f"{web.url}/api/v1/users/bob/",
        json={"nickname": "Bobby"},
        headers={"Authorization": f"Token {issue_token(alice)}", "X-Request-ID": "from-the-proxy-1"},
        timeout=20,
    )
    assert answer.status_code == 200, answer.text

    told = {line["event"]: line for line in lines(web) if line.get("request_id") == "from-the-proxy-1"}
    assert told["request"]["page"].endswith("user-detail")
    assert (told["request"]["method"], told["request"]["status"]) == ("PATCH", 200)
    assert told["request"]["milliseconds"] > 0
    assert (told["owed"]["kind"], told["owed"]["level"]) == ("user.register", "info")
    assert told["owed"]["school"] == alice.enterprise_id


def test_a_signed_address_is_told_by_the_name_of_its_page_alone(web, school):
    path = f"/callbacks/iclass/{school.callback_token}/"
    requests.post(f"{web.url}{path}", params={"sdkappid": 1, "sign": TIC_KEY}, data=b"{}", timeout=20)

    (request,) = [line for line in lines(web) if line["event"] == "request" and line["method"] == "POST"]
    assert request["page"] == "callbacks:receive"
    assert "Forbidden: callbacks:receive" in web.log.read_text()
    assert school.callback_token not in web.log.read_text()
    assert TIC_KEY not in web.log.read_text()


def test_on_a_laptop_a_line_is_text_and_requests_are_silent(connected, start_console):
    web = start_console()
    requests.get(f"{web.url}/healthz", timeout=20)
    assert "event" not in web.log.read_text()
    assert "request" not in web.log.read_text()


@pytest.mark.parametrize("form", ["plain", "json"])
@pytest.mark.parametrize("path", ["/audit/", "/lessons/?q=%00", "/no-such-page/"])
def test_a_refusal_is_one_line_without_a_traceback(form, path, bob, client):
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    whole = logging_config(form, "INFO")
    for name in whole["handlers"]["stderr"]["filters"]:
        handler.addFilter(whole["filters"][name]["()"]())
    lines = whole["formatters"]["lines"]
    handler.setFormatter(ProcessorFormatter(**{name: value for name, value in lines.items() if name != "()"}))
    client.force_login(bob)
    log = logging.getLogger("django.request")
    log.addHandler(handler)
    try:
        assert client.get(path).status_code in (403, 400, 404)
    finally:
        log.removeHandler(handler)
    assert len(told.getvalue().splitlines()) == 1
    assert "warning" in told.getvalue()
    assert "Traceback" not in told.getvalue()


@pytest.mark.parametrize("form", ["plain", "json"])
def test_a_traceback_names_no_local_variable(form):
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    lines = logging_config(form, "INFO")["formatters"]["lines"]
    handler.setFormatter(ProcessorFormatter(**{name: value for name, value in lines.items() if name != "()"}))
    try:
        carries_a_secret(TIC_KEY)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
        handler.emit(record)
    assert "carries_a_secret" in told.getvalue()
    assert TIC_KEY not in told.getvalue()


def carries_a_secret(key):
    raise ValueError("something else")
