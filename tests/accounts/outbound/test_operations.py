"""What a school tells the service of itself."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.people.services import edit_person, register_person
from accounts.school.services import edit_school
from console.outbox import relay
from console.outbox.models import Operation
from tests.support.iclass_service import requests_to

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
    connected.refresh_from_db()
    edit_school(school=connected, by=None, contact_user="", clear=["contact_user"])
    relay.drain()
    assert iclass.call("business/info")["contact_user"] == ""


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_change_after_a_registering_whose_answer_was_lost_reaches_the_service(
    connected, alice, iclass, settings, fault
):
    iclass.control("faults", {"arm": {"kind": fault, "match": "user/register", "times": 1}})
    dormouse = register_person(
        enterprise=connected, by=alice, user_id=f"dormouse-{fault}", nickname="Asleep", role="student"
    )
    settings.PROBE_DELAY_S = 3600
    relay.drain()
    assert not User.objects.get(pk=dormouse.pk).remote_id
    Operation.objects.filter(state="unknown").update(due_at=timezone.now())
    edit_person(person=User.objects.get(pk=dormouse.pk), by=alice, nickname="Awake")
    relay.drain()
    assert iclass.call("user/info", {"user_id": dormouse.user_id})["user_info"]["nickname"] == "Awake"
    dormouse.refresh_from_db()
    assert (dormouse.observed["nickname"], dormouse.sync_state) == ("Awake", "in_sync")
