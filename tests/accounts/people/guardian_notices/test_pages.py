"""Pages of notices: the settings of the school, states at the guardian, and the way out of the e-mails."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardian, GuardianNotice, GuardianNoticeSettings
from accounts.people.guardian_notices.sending import deliver_due_notices
from accounts.people.guardian_notices.services import RETENTION, delete_old_notices, save_settings
from accounts.people.guardian_notices.tokens import make_token
from console.audit.held_data import Subject, holding_of
from console.audit.models import AuditEntry
from console.policy.views import PAGE_SIZE
from tests.accounts.people.guardian_notices.conftest import FACT, guardian_of, notice_for
from tests.support.guardians import create_account, guardian_client
from tests.support.page_client import client_for, page_says, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SETTINGS = reverse("accounts:guardian_notices")
FORM = {"is_on": "on", "least_lessons": "2", "notify_at": "17:30"}


def test_the_office_turns_notices_on_and_it_is_on_record(alice, settings):
    settings.EMAIL_IS_SET_UP = False
    client = client_for(alice)
    assert "no mail server" in page_text(client.get(SETTINGS))
    assert client.post(SETTINGS, FORM)["Location"] == SETTINGS
    row = GuardianNoticeSettings.objects.get()
    assert (row.is_on, row.least_lessons, f"{row.notify_at:%H:%M}") == (True, 2, "17:30")
    assert row.on_since is not None
    entry = AuditEntry.objects.get(action="guardian_notice.settings")
    assert entry.after["is_on"] is True


@pytest.mark.parametrize("wrong", [{"least_lessons": "0"}, {"least_lessons": "13"}, {"notify_at": "25:00"}])
def test_wrong_settings_are_refused_at_their_field(alice, wrong):
    assert client_for(alice).post(SETTINGS, FORM | wrong).status_code == 200
    assert not GuardianNoticeSettings.objects.filter(is_on=True).exists()


def test_two_who_change_the_same_setting_are_told_so(alice):
    client = client_for(alice)
    save_settings(school=alice.enterprise, by=alice, least_lessons=1)
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(SETTINGS).content.decode())
    save_settings(school=alice.enterprise, by=alice, least_lessons=3)
    page = client.post(SETTINGS, FORM | {"seen": seen[1].replace("&quot;", '"')})
    assert page.status_code == 200
    assert GuardianNoticeSettings.objects.get().least_lessons == 3


def test_notices_that_did_not_leave_have_pages(alice, ada):
    today = timezone.localdate()
    GuardianNotice.objects.bulk_create(
        GuardianNotice(
            enterprise=ada.enterprise,
            guardian=ada,
            day=today - timedelta(days=n),
            facts=json.dumps({"absences": [FACT]}),
            lessons=[1],
            delivery="refused",
        )
        for n in range(PAGE_SIZE + 1)
    )
    oldest = f"{today:%Y-%m-%d}"  # the newest by day came first
    client, student = client_for(alice), f"/people/{ada.person_id}/guardians/"
    first = client.get(SETTINGS)
    assert oldest not in page_text(first)
    assert oldest in page_text(client.get(SETTINGS, {"after": first.context["keyset"].next}))
    oldest = f"{today - timedelta(days=PAGE_SIZE):%Y-%m-%d}"
    first = client.get(student)
    assert oldest not in page_text(first)
    assert oldest in page_text(client.get(student, {"after": first.context["keyset"].next}))


def test_only_the_office_sees_the_settings(bob, dina):
    for person in (bob, dina):
        assert client_for(person).get(SETTINGS).status_code in (403, 404)


def test_states_stand_at_the_guardian_and_a_person_tries_again(alice, ada, dina, charlie):
    notice = notice_for(ada, delivery="refused", answer="550 no such mailbox")
    client = client_for(alice)
    page = page_text(client.get(f"/people/{dina.pk}/guardians/"))
    assert "refused: 550 no such mailbox" in page
    assert "Croquet: absent" in page
    again = f"/people/guardians/notices/{notice.pk}/again/"
    assert client_for(charlie).post(again).status_code == 404
    page_says(client.post(again, follow=True), "It is sent again within seconds.")
    assert deliver_due_notices() == 1
    page_says(client.post(again, follow=True), "It is being sent already.")
    assert "delivered" in page_text(client.get(f"/people/{dina.pk}/guardians/"))
    assert "Dina" in page_text(client.get(SETTINGS)) or not GuardianNotice.objects.filter(delivery="refused")


def test_a_guardian_ends_the_emails_after_a_confirmation(ada):
    notice_for(ada)
    deliver_due_notices()
    [url] = re.findall(r"http\S+(/guardian-mails/\S+)", mail.outbox[0].body)
    client = Client()
    assert "Unsubscribe" in page_text(client.get(url))
    ada.refresh_from_db()
    assert ada.told_attendance, "looking changes nothing"
    assert "You no longer receive these e-mails." in page_text(client.post(url))
    ada.refresh_from_db()
    assert not ada.told_attendance
    assert AuditEntry.objects.filter(action="guardian.unsubscribe").count() == 1
    client.post(url, {"List-Unsubscribe": "One-Click"})
    assert AuditEntry.objects.filter(action="guardian.unsubscribe").count() == 1


def test_a_link_is_of_one_guardian_with_one_address(ada):
    url = f"/guardian-mails/{make_token(ada)}/"
    client = Client()
    assert client.get(url[:-3] + "x/").status_code == 404
    ada.e_mail = "new@wonderland.example"
    ada.save(update_fields=["e_mail"])
    assert client.get(url).status_code == 404
    url = f"/guardian-mails/{make_token(ada)}/"
    ada.delete()
    assert client.post(url).status_code == 404


def test_the_copy_of_the_data_has_the_notices_and_old_ones_go(alice, ada, dina):
    notice = notice_for(ada)
    holding = holding_of("accounts.GuardianNotice")
    [row] = holding.read_rows(list(holding.rows_of(dina)), Subject(dina, alice))
    assert "Croquet" in str(row["text"])
    assert delete_old_notices() == 0
    GuardianNotice.objects.filter(pk=notice.pk).update(created_at=timezone.now() - RETENTION - timedelta(1))
    assert delete_old_notices() == 1


def test_a_guardian_reads_on_a_page_what_they_were_told(ada, dina, alice):
    mother = guardian_client(create_account(ada))
    path = f"/guardian/{ada.pk}/notices/"
    assert "No notifications yet" in page_text(mother.get(path))
    notice_for(ada, delivery="refused")
    notice_for(
        guardian_of(dina, alice, name="Otto"), facts=json.dumps({"absences": [FACT | {"topic": "Chess"}]})
    )
    page = page_text(mother.get(path))
    assert "Croquet: absent" in page
    assert "Chess" not in page, "told to another guardian"
    assert f'href="{path}"' in page_text(mother.get(f"/guardian/{ada.pk}/"))


def test_who_is_not_told_about_attendance_has_no_such_page(ada):
    mother = guardian_client(create_account(ada))
    Guardian.objects.update(told_attendance=False)
    assert mother.get(f"/guardian/{ada.pk}/notices/").status_code == 404
    assert "/notices/" not in page_text(mother.get(f"/guardian/{ada.pk}/"))
