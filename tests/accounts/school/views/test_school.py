"""The settings of the school: who sees and changes them, what goes out, what the buttons tell."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.models import Enterprise, User
from accounts.school.connection_check import check_connection
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.support.cast import TIC_KEY
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text
from tests.support.sandbox import Sandbox

PAGE = "/school/"
GENERAL = {"name": "Wonderland", "zone": "Asia/Shanghai"}
RULES = {
    "late_after": "5",
    "early_leave": "5",
    "present_share": "50",
    "leave_minutes": "1",
    "leave_request_days": "14",
}
NEW_KEY = "EzXpbluRsmo1JkoFxzKMNg5ifrA4GRl9"


def fresh(school: Enterprise) -> Enterprise:
    return Enterprise.objects.get(pk=school.pk)


def test_a_superadmin_changes_and_an_administrator_looks(
    quinn: User, alice: User, school: Enterprise
) -> None:
    assert "/school/general/" in page_text(client_for(quinn).get(PAGE))
    page = page_text(client_for(alice).get(PAGE))
    assert "/school/general/" not in page
    assert school.callback_token not in page
    for address in ("general/", "keys/", "rules/", "callback/"):
        assert client_for(alice).post(PAGE + address, GENERAL | {"name": "Mine"}).status_code == 403
    assert fresh(school).name == "Wonderland"


def test_a_section_is_edited_in_its_place_and_keeps_what_was_typed(quinn: User, school: Enterprise) -> None:
    client = client_for(quinn)
    htmx = {"headers": {"HX-Request": "true"}}
    form = page_text(client.get(PAGE + "general/", **htmx))
    assert "<html" not in form
    assert 'action="/school/general/"' in form
    wrong = client.post(PAGE + "general/", GENERAL | {"name": "", "contact_user": "Queen"}, **htmx)
    assert 'value="Queen"' in page_text(wrong)
    assert "error-summary" in page_text(wrong)
    assert fresh(school).contact_user == ""
    saved = client.post(PAGE + "general/", GENERAL | {"name": "Wonderland II"}, **htmx)
    assert (saved.status_code, saved.headers["HX-Refresh"]) == (200, "true")
    assert fresh(school).name == "Wonderland II"


def test_a_concurrent_edit_of_a_section_is_told_in_its_place(quinn: User, school: Enterprise) -> None:
    client = client_for(quinn)
    seen = client.get(PAGE + "general/").context["form"].seen_json
    Enterprise.objects.filter(pk=school.pk).update(contact_user="Knave")
    answer = client.post(
        PAGE + "general/", GENERAL | {"contact_user": "Queen", "seen": seen}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "Knave" in page_text(answer)
    assert fresh(school).contact_user == "Knave"


def test_a_contact_has_a_number_that_can_be_one(quinn: User, school: Enterprise) -> None:
    client = client_for(quinn)
    page = page_text(client.post(PAGE + "general/", GENERAL | {"phone_no": "133"}))
    assert "Enter a phone number of 5 to 18 digits." in page
    client.post(PAGE + "general/", GENERAL | {"phone_no": "+86 (10) 1234-5678"})
    assert fresh(school).phone_no == "+86 (10) 1234-5678"


def test_the_index_leads_to_every_section(quinn: User) -> None:
    page = page_text(client_for(quinn).get(PAGE))
    anchors = re.findall(r'<a href="#(\w+)">', page)
    assert len(anchors) == 15
    assert all(f'id="{one}"' in page for one in anchors)


def test_the_page_links_all_tables_for_superadmins_and_the_menu_for_administrators_too(
    quinn: User, alice: User
) -> None:
    link, menu_item = '<a class="btn" href="/admin/">', '<a class="menu-item" href="/admin/">'
    for reader, expected in ((quinn, True), (alice, False)):
        page = page_text(client_for(reader).get(PAGE))
        assert (link in page) is expected
        assert menu_item in page
        assert client_for(reader).get("/admin/").status_code == 200


def test_included_minutes_need_the_day_from_which_they_are_counted(
    quinn: User, alice: User, school: Enterprise
) -> None:
    wanted = {"included_minutes": "60000", "minutes_since": "2026-03-01"}
    assert client_for(alice).post(PAGE + "licence/", wanted).status_code == 403
    page = page_text(client_for(quinn).post(PAGE + "licence/", {"included_minutes": "60000"}))
    assert "Enter the day from which the minutes are counted." in page
    assert 'value="60000"' in page
    client_for(quinn).post(PAGE + "licence/", wanted)
    assert (fresh(school).included_minutes, f"{fresh(school).minutes_since}") == (60000, "2026-03-01")
    assert not Operation.objects.filter(kind="school.modify").exists()
    assert "60000" in page_text(client_for(quinn).get(PAGE))
    client_for(quinn).post(PAGE + "licence/", {"included_minutes": "", "minutes_since": ""})
    assert (fresh(school).included_minutes, fresh(school).minutes_since) == (None, None)


def test_the_recording_of_new_lessons_is_a_default_of_the_school(
    quinn: User, alice: User, charlie: User, school: Enterprise
) -> None:
    def ticked(reader: User, page: str) -> list[str]:
        form = client_for(reader).get(page).context["form"]
        return list(form["record_types"].value())

    assert ticked(alice, "/lessons/new/") == ["local"]
    assert client_for(alice).post(PAGE + "lessons/", {"default_recording": "both"}).status_code == 403
    client_for(quinn).post(PAGE + "lessons/", {"default_recording": "both"})
    assert ticked(alice, "/lessons/new/") == ticked(alice, "/courses/new/") == ["local", "remote"]
    assert not Operation.objects.filter(kind="school.modify").exists()
    client_for(quinn).post(PAGE + "lessons/", {"default_recording": "nowhere"})
    assert fresh(school).default_recording == "both"
    assert fresh(charlie.enterprise).default_recording == "local"
    form, more = page_text(client_for(alice).get("/lessons/new/")).split('<details class="field more"')
    assert 'name="record_types"' in form
    assert 'name="record_types"' not in more


def test_others_do_not_come_in_and_an_operator_is_sent_to_the_schools(
    bob: User, dina: User, sue: User, olga: User
) -> None:
    assert [client_for(one).get(PAGE).status_code for one in (bob, dina, sue, olga)] == [403] * 4
    assert 'href="/schools/"' in page_text(client_for(olga).get(PAGE))


def test_everybody_sees_their_own_school(quinn: User, charlie: User) -> None:
    assert "Looking-Glass" not in page_text(client_for(quinn).get(PAGE))
    assert "Wonderland" not in page_text(client_for(charlie).get(PAGE))


def test_a_change_of_what_iclass_keeps_is_owed_and_of_the_zone_is_not(
    quinn: User, school: Enterprise
) -> None:
    client = client_for(quinn)
    client.post(PAGE + "general/", GENERAL | {"zone": "Asia/Tokyo"})
    assert fresh(school).zone == "Asia/Tokyo"
    assert not Operation.objects.exists()
    client.post(PAGE + "general/", GENERAL | {"zone": "Asia/Tokyo", "contact_user": "Queen"})
    assert fresh(school).contact_user == "Queen"
    assert Operation.objects.get().kind == "school.modify"


@pytest.mark.parametrize("language", LANGUAGES)
def test_emptying_what_iclass_holds_is_an_act_of_its_own(
    quinn: User, school: Enterprise, language: str
) -> None:
    Enterprise.objects.filter(pk=school.pk).update(contact_user="Queen", observed={"contact_user": "Queen"})
    client = client_for(quinn, language)
    asked = client.post(PAGE + "general/", GENERAL)
    assert page_says(asked, "Tick this box to clear the value at iclass too, or enter it again.", language)
    assert fresh(school).contact_user == "Queen"
    assert client.post(PAGE + "general/", GENERAL | {"clear": "on"}).status_code == 302
    assert fresh(school).contact_user == ""
    assert Operation.objects.get().args["clear"] == ["contact_user"]


def test_a_new_key_takes_the_place_of_the_old_one_which_stays_for_callbacks(
    quinn: User, school: Enterprise
) -> None:
    client = client_for(quinn)
    assert client.post(PAGE + "keys/", {"tic_key": NEW_KEY}).status_code == 302
    assert fresh(school).keys() == [NEW_KEY, TIC_KEY]
    assert client.post(PAGE + "keys/", {"tic_key": ""}).status_code == 302
    assert fresh(school).keys() == [NEW_KEY, TIC_KEY]
    assert AuditEntry.objects.get(action="school.change").after["tic_key"] == "changed"


def test_a_key_is_never_shown_again_only_its_end(quinn: User, school: Enterprise) -> None:
    client = client_for(quinn)
    for page in (client.get(PAGE), client.get(PAGE + "keys/")):
        assert TIC_KEY not in page_text(page)
        assert f"ends in …{TIC_KEY[-2:]}" in page_text(page)


def test_rules_are_typed_in_minutes_and_kept_in_seconds(quinn: User, school: Enterprise) -> None:
    client = client_for(quinn)
    assert 'value="5"' in page_text(client.get(PAGE + "rules/"))
    changed = {"late_after": "7.5", "early_leave": "0", "present_share": "60"}
    client.post(PAGE + "rules/", RULES | changed | {"leave_minutes": "20", "leave_request_days": "21"})
    kept = fresh(school)
    assert (kept.late_after_s, kept.early_leave_s, kept.present_share) == (450, 0, 60)
    assert (kept.leave_minutes, kept.leave_request_days) == (20, 21)
    assert "from 20 minutes of the planned time" in page_text(client.get(PAGE))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("section", "fields", "wrong"),
    [
        ("general", {"name": ""}, "name"),
        ("general", {"e_mail": "egg"}, "e_mail"),
        ("general", {"zone": "Middle/Earth"}, "zone"),
        ("rules", RULES | {"late_after": "-1"}, "late_after"),
        ("rules", RULES | {"late_after": "soon"}, "late_after"),
        ("rules", RULES | {"present_share": "101"}, "present_share"),
        ("rules", RULES | {"leave_minutes": "0"}, "leave_minutes"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    quinn: User, school: Enterprise, section: str, fields: dict[str, str], wrong: str, language: str
) -> None:
    answer = client_for(quinn, language).post(PAGE + f"{section}/", GENERAL | fields)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [wrong]


def test_a_section_that_does_not_exist_is_not_found(quinn: User) -> None:
    assert client_for(quinn).get(PAGE + "cellar/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_callback_address_is_warned_about_and_ours_is_one_press_away(
    quinn: User, school: Enterprise, language: str
) -> None:
    away = {"call_back_url": "https://other.example/hook?token=t0ps3cret"}
    Enterprise.objects.filter(pk=school.pk).update(observed=away, **away)
    client = client_for(quinn, language)
    page = client.get(PAGE)
    assert page.context["callback"]["state"] == "other"
    assert "other.example" in page_text(page)
    assert "t0ps3cret" not in page_text(page)
    client.post(PAGE + "callback/")
    assert fresh(school).call_back_url == school.own_callback_url
    assert client.get(PAGE).context["callback"]["state"] == "sending"


@pytest.mark.parametrize(("days", "tone"), [(40, "ok"), (20, "warn"), (5, "bad"), (-1, "bad")])
def test_the_end_of_the_licence_is_told_and_gets_louder(
    quinn: User, school: Enterprise, days: int, tone: str
) -> None:
    begun = timezone.now() - timedelta(days=100)
    length = (timedelta(days=100 + days, hours=1)).total_seconds()
    Enterprise.objects.filter(pk=school.pk).update(create_time=begun, valid_seconds=int(length))
    licence = client_for(quinn).get(PAGE).context["licence"]
    assert (licence.days, licence.tone, licence.over) == (days, tone, days < 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_administrator_pulls_the_data_and_the_page_shows_the_answer_by_itself(
    alice: User, school: Enterprise, language: str
) -> None:
    client = client_for(alice, language)
    assert "data-live" not in page_text(client.get(PAGE))
    page = client.post(PAGE + "pull/", follow=True)
    assert Operation.objects.get().kind == "school.pull"
    assert page_says(page, "Checking iclass. The result appears on this page automatically.", language)
    assert page_text(page).count('id="school" data-live="3"') == 1
    for state in ("in_sync", "held", "refused"):
        Enterprise.objects.filter(pk=school.pk).update(sync_state=state)
        assert "data-live" not in page_text(client.get(PAGE)), state


def test_the_connection_is_tried_while_one_waits_and_changes_nothing(
    alice: User, school: Enterprise, iclass: Sandbox
) -> None:
    answer = client_for(alice).post(PAGE + "test/", follow=True)
    assert "name at iclass is" in page_text(answer)
    assert fresh(school).observed == {}
    assert not Operation.objects.exists()
    assert AuditEntry.objects.get().action == "school.test"


def test_the_connection_is_told_with_its_round_trip_and_clocks_that_differ(
    alice: User, school: Enterprise, iclass: Sandbox
) -> None:
    told = check_connection(school, by=alice)
    assert (told.succeeded, told.skew_s) == (True, pytest.approx(0, abs=1))
    assert 0 < told.milliseconds < 5000
    assert str(told.milliseconds) in told.message
    before = timezone.now() - timedelta(seconds=40)
    with translation.override("en"), time_machine.travel(before, tick=True):
        told = check_connection(school, by=alice)
    assert told.skew_s == pytest.approx(40, abs=2)
    assert f"The server's clock is {told.skew_s} seconds behind iclass." in told.message


@pytest.mark.parametrize(
    ("asked", "leads"), [("/sync/sent/?state=held", None), ("https://elsewhere.example/", PAGE), ("", PAGE)]
)
def test_the_test_of_the_connection_leads_back_to_where_the_button_stood(
    alice: User, iclass: Sandbox, asked: str, leads: str | None
) -> None:
    answer = client_for(alice).post(PAGE + "test/", {"next": asked})
    assert answer["Location"] == (leads or asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_key_and_a_service_away_are_told_in_words(
    alice: User, school: Enterprise, iclass: Sandbox, settings: object, language: str
) -> None:
    client = client_for(alice, language)
    school.tic_key = NEW_KEY
    school.save(update_fields=["tic_key"])
    refused = client.post(PAGE + "test/", follow=True)
    assert page_says(refused, "iclass rejected the API key.", language)
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    away = client.post(PAGE + "test/", follow=True)
    assert page_says(away, "iclass could not be reached.", language)
    assert NEW_KEY not in page_text(refused) + page_text(away)


@pytest.mark.parametrize("act", ["pull", "test", "callback"])
def test_a_button_is_pressed_and_never_opened(quinn: User, act: str) -> None:
    assert client_for(quinn).get(PAGE + f"{act}/").status_code == 405
