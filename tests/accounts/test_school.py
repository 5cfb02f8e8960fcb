"""The settings of the school: who sees and changes them, what goes out, what the buttons tell."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.connection import try_connection
from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.support.cast import TIC_KEY
from tests.support.pages import LANGUAGES, reader, says, text
from tests.support.sandbox import Sandbox

PAGE = "/school/"
GENERAL = {"name": "Wonderland", "zone": "Asia/Shanghai"}
NEW_KEY = "EzXpbluRsmo1JkoFxzKMNg5ifrA4GRl9"


def fresh(school: Enterprise) -> Enterprise:
    return Enterprise.objects.get(pk=school.pk)


def test_a_superadmin_changes_and_an_administrator_looks(
    quinn: User, alice: User, school: Enterprise
) -> None:
    assert "/school/general/" in text(reader(quinn).get(PAGE))
    page = text(reader(alice).get(PAGE))
    assert "/school/general/" not in page
    assert school.callback_token not in page
    for address in ("general/", "keys/", "rules/", "callback/"):
        assert reader(alice).post(PAGE + address, GENERAL | {"name": "Mine"}).status_code == 403
    assert fresh(school).name == "Wonderland"


def test_others_do_not_come_in_and_an_operator_is_sent_to_the_tables(
    bob: User, dina: User, sue: User, olga: User
) -> None:
    assert [reader(one).get(PAGE).status_code for one in (bob, dina, sue, olga)] == [403] * 4
    assert says(reader(olga).get(PAGE), "You stand in no school. Look at the schools in “All tables”.")


def test_everybody_sees_their_own_school(quinn: User, charlie: User) -> None:
    assert "Looking-Glass" not in text(reader(quinn).get(PAGE))
    assert "Wonderland" not in text(reader(charlie).get(PAGE))


def test_a_change_of_what_iclass_keeps_is_owed_and_of_the_zone_is_not(
    quinn: User, school: Enterprise
) -> None:
    client = reader(quinn)
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
    client = reader(quinn, language)
    asked = client.post(PAGE + "general/", GENERAL)
    assert says(asked, "Tick this to empty it at iclass too, or fill it in again.", language)
    assert fresh(school).contact_user == "Queen"
    assert client.post(PAGE + "general/", GENERAL | {"clear": "on"}).status_code == 302
    assert fresh(school).contact_user == ""
    assert Operation.objects.get().args["clear"] == ["contact_user"]


def test_a_new_key_takes_the_place_of_the_old_one_which_stays_for_callbacks(
    quinn: User, school: Enterprise
) -> None:
    client = reader(quinn)
    assert client.post(PAGE + "keys/", {"tic_key": NEW_KEY}).status_code == 302
    assert fresh(school).keys() == [NEW_KEY, TIC_KEY]
    assert client.post(PAGE + "keys/", {"tic_key": ""}).status_code == 302
    assert fresh(school).keys() == [NEW_KEY, TIC_KEY]
    assert AuditEntry.objects.get(action="school.change").after["tic_key"] == "changed"


def test_a_key_is_never_shown_again_only_its_end(quinn: User, school: Enterprise) -> None:
    client = reader(quinn)
    for page in (client.get(PAGE), client.get(PAGE + "keys/")):
        assert TIC_KEY not in text(page)
        assert f"ends …{TIC_KEY[-2:]}" in text(page)


def test_rules_are_typed_in_minutes_and_kept_in_seconds(quinn: User, school: Enterprise) -> None:
    client = reader(quinn)
    assert 'value="5"' in text(client.get(PAGE + "rules/"))
    client.post(PAGE + "rules/", {"late_after": "7.5", "early_leave": "0", "present_share": "60"})
    kept = fresh(school)
    assert (kept.late_after_s, kept.early_leave_s, kept.present_share) == (450, 0, 60)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("section", "fields", "wrong"),
    [
        ("general", {"name": ""}, "name"),
        ("general", {"e_mail": "egg"}, "e_mail"),
        ("general", {"zone": "Middle/Earth"}, "zone"),
        ("rules", {"late_after": "-1", "early_leave": "5", "present_share": "50"}, "late_after"),
        ("rules", {"late_after": "soon", "early_leave": "5", "present_share": "50"}, "late_after"),
        ("rules", {"late_after": "5", "early_leave": "5", "present_share": "101"}, "present_share"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    quinn: User, school: Enterprise, section: str, fields: dict[str, str], wrong: str, language: str
) -> None:
    answer = reader(quinn, language).post(PAGE + f"{section}/", GENERAL | fields)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [wrong]


def test_a_section_that_does_not_exist_is_not_found(quinn: User) -> None:
    assert reader(quinn).get(PAGE + "cellar/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_callback_address_is_warned_about_and_ours_is_one_press_away(
    quinn: User, school: Enterprise, language: str
) -> None:
    away = {"call_back_url": "https://other.example/hook?token=t0ps3cret"}
    Enterprise.objects.filter(pk=school.pk).update(observed=away, **away)
    client = reader(quinn, language)
    page = client.get(PAGE)
    assert page.context["callback"]["state"] == "other"
    assert "other.example" in text(page)
    assert "t0ps3cret" not in text(page)
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
    licence = reader(quinn).get(PAGE).context["licence"]
    assert (licence.days, licence.tone, licence.over) == (days, tone, days < 0)


def test_an_administrator_pulls_the_data(alice: User) -> None:
    reader(alice).post(PAGE + "pull/")
    assert Operation.objects.get().kind == "school.pull"


def test_the_connection_is_tried_while_one_waits_and_changes_nothing(
    alice: User, school: Enterprise, iclass: Sandbox
) -> None:
    answer = reader(alice).post(PAGE + "test/", follow=True)
    assert "iclass answered and knows this school as" in text(answer)
    assert fresh(school).observed == {}
    assert not Operation.objects.exists()
    assert AuditEntry.objects.get().action == "school.test"


def test_the_connection_is_told_with_its_round_trip_and_clocks_that_differ(
    alice: User, school: Enterprise, iclass: Sandbox
) -> None:
    told = try_connection(school, by=alice)
    assert (told.good, told.skew_s) == (True, pytest.approx(0, abs=1))
    assert 0 < told.milliseconds < 5000
    assert str(told.milliseconds) in told.words
    before = timezone.now() - timedelta(seconds=40)
    with translation.override("en"), time_machine.travel(before, tick=True):
        told = try_connection(school, by=alice)
    assert told.skew_s == pytest.approx(40, abs=2)
    assert f"The clock of this computer is {told.skew_s} seconds behind iclass's." in told.words


@pytest.mark.parametrize(
    ("asked", "leads"), [("/sync/sent/?state=held", None), ("https://elsewhere.example/", PAGE), ("", PAGE)]
)
def test_the_test_of_the_connection_leads_back_to_where_the_button_stood(
    alice: User, iclass: Sandbox, asked: str, leads: str | None
) -> None:
    answer = reader(alice).post(PAGE + "test/", {"next": asked})
    assert answer["Location"] == (leads or asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_key_and_a_service_away_are_told_in_words(
    alice: User, school: Enterprise, iclass: Sandbox, settings: object, language: str
) -> None:
    client = reader(alice, language)
    school.tic_key = NEW_KEY
    school.save()
    refused = client.post(PAGE + "test/", follow=True)
    assert says(refused, "The service refused our key.", language)
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    away = client.post(PAGE + "test/", follow=True)
    assert says(away, "The iclass service could not be reached.", language)
    assert NEW_KEY not in text(refused) + text(away)


@pytest.mark.parametrize("act", ["pull", "test", "callback"])
def test_a_button_is_pressed_and_never_opened(quinn: User, act: str) -> None:
    assert reader(quinn).get(PAGE + f"{act}/").status_code == 405
