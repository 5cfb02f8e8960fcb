"""What a school tells the service of itself."""

import pytest

from accounts.services import edit_school
from console.outbox import relay
from tests.support.service import requests_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_the_touched_fields_of_a_school_are_sent(connected, iclass):
    edit_school(school=connected, by=None, contact_user="The Queen")
    relay.drain()
    sent = requests_to(iclass, "business/modify")[-1]
    assert set(sent) - {"expire_time"} == {"contact_user"}


def test_a_new_secret_is_sent_and_kept_in_no_readable_column(connected, iclass):
    edit_school(school=connected, by=None, secret_key="painting-the-roses-red")
    relay.drain()
    connected.refresh_from_db()
    assert "secret_key" in requests_to(iclass, "business/modify")[-1]
    assert iclass.call("business/info")["secret_key"] == "painting-the-roses-red"
    assert "painting" not in str(connected.observed)


def test_clearing_is_an_act_of_its_own(connected, iclass):
    edit_school(school=connected, by=None, contact_user="The Queen")
    relay.drain()
    edit_school(school=connected, by=None, contact_user="", clear=["contact_user"])
    relay.drain()
    assert iclass.call("business/info")["contact_user"] == ""
