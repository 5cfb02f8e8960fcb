"""`manage.py reconcile` compares with the service and says what it found."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_says_per_school_and_sort_what_it_saw(connected, other_school, capsys):
    call_command("reconcile")
    lines = capsys.readouterr().out.splitlines()
    for number in (connected.sdkappid, other_school.sdkappid):
        assert [line.split()[1] for line in lines if line.startswith(str(number))] == [
            "school:",
            "people:",
            "lessons:",
            "documents:",
        ]


def test_one_school_is_compared_and_who_was_made_outside_is_adopted(connected, other_school, iclass, capsys):
    outside = [{"user_id": "made.outside", "role": "student", "nickname": "Outsider"}]
    iclass.call("user/register", {"list": outside})
    call_command("reconcile", "--enterprise", str(connected.sdkappid))
    adopted = User.objects.get(user_id="made.outside")
    assert (adopted.enterprise, adopted.made_outside, adopted.has_usable_password()) == (
        connected,
        True,
        False,
    )
    assert str(other_school.sdkappid) not in capsys.readouterr().out


def test_a_school_that_is_unknown_and_a_service_that_is_away_are_sentences(connected, settings, capsys):
    with pytest.raises(CommandError, match="No school has the SDKAppID 7"):
        call_command("reconcile", "--enterprise", "7")
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="run it again when the service answers"):
        call_command("reconcile", "--enterprise", str(connected.sdkappid))
    assert "incomplete" in capsys.readouterr().out
