import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Enterprise
from console.inbox.ingestion import clear_sender_cache
from console.inbox.models import RefusedDelivery
from console.outbox import relay
from console.outbox.models import Operation
from tests.support.cast import TIC_KEY

pytestmark = pytest.mark.django_db


def add(sdkappid=1400000001, name="Wonderland"):
    call_command("enterprise", "add", "--sdkappid", str(sdkappid), "--tic-key", TIC_KEY, "--name", name)


def test_a_school_is_made_and_told_in_one_line_without_its_key(capsys):
    add()
    out = capsys.readouterr().out
    school = Enterprise.objects.get()
    assert out.count("\n") == 1
    assert json.loads(out) == {"id": school.pk, "callback_url": school.own_callback_url}
    assert TIC_KEY not in out
    assert school.tic_key.reveal() == TIC_KEY
    assert school.callback_token in school.own_callback_url
    assert Operation.objects.get().kind == "school.pull"


def test_a_number_that_is_taken_is_a_sentence_and_makes_nothing(capsys):
    add()
    with pytest.raises(CommandError) as refused:
        add(name="Another")
    assert "SDKAppID" in str(refused.value)
    assert TIC_KEY not in str(refused.value)
    assert Enterprise.objects.count() == Operation.objects.count() == 1


def test_the_key_may_come_on_standard_input_where_no_list_of_processes_shows_it(capsys, monkeypatch):
    for line in (f"{TIC_KEY}\n", "\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(line))
        told = ["enterprise", "add", "--sdkappid", "1400000001", "--tic-key-stdin", "--name", "W"]
        if line.strip():
            call_command(*told)
            continue
        with pytest.raises(CommandError, match="No key on standard input"):
            call_command(*told)
    assert Enterprise.objects.get().tic_key.reveal() == TIC_KEY
    assert TIC_KEY not in capsys.readouterr().out


def test_a_key_is_wanted_in_one_way_or_the_other():
    told = ["enterprise", "add", "--sdkappid", "1400000001", "--name", "W"]
    for wrong in ([], ["--tic-key", TIC_KEY, "--tic-key-stdin"]):
        with pytest.raises(CommandError):
            call_command(*told, *wrong)


@pytest.mark.django_db(transaction=True)
def test_the_rest_of_the_school_is_pulled_from_the_service(iclass, capsys):
    add()
    relay.drain()
    assert Enterprise.objects.get().private_key


def test_a_callback_address_is_renewed_and_the_old_one_refused(capsys, client):
    add()
    old = Enterprise.objects.get()
    call_command("enterprise", "renew-callback", "--sdkappid", "1400000001")
    now = Enterprise.objects.get()
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["callback_url"] == now.own_callback_url
    assert now.callback_token != old.callback_token
    assert now.call_back_url == now.own_callback_url
    assert Operation.objects.filter(kind="school.modify").exists()
    clear_sender_cache()
    for token, refused in ((old.callback_token, "unknown_address"), (now.callback_token, "missing")):
        assert client.post(f"/callbacks/iclass/{token}/", b"{}", content_type="text/plain").status_code == 403
        assert RefusedDelivery.objects.filter(reason=refused).exists()
    with pytest.raises(CommandError, match="no school"):
        call_command("enterprise", "renew-callback", "--sdkappid", "1")
