"""Age and consent: encrypted where they are exact, seen by the office only, and never sent to iclass."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Consent, Role, User
from accounts.models.consent import age_group_on
from accounts.people import age_and_consent
from accounts.people.age_and_consent import record_age, record_consent, refresh_age_groups
from accounts.people.erasure import erase_person
from console.audit.models import AuditEntry, PersonalDataAccess
from console.outbox.models import Operation
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def dina(school):
    return create_person(school, "dina", Role.STUDENT)


def years_ago(years: int) -> date:
    """A day on which somebody of today has this age, also on 29 February."""
    today = timezone.localdate()
    return date(today.year - years, today.month, min(today.day, 28))


def given(person: User, by: User, **more: object) -> Consent:
    values = {"state": "given", "day": timezone.localdate(), "guardian": "Li Na, mother", "how": "paper"}
    return record_consent(person=person, by=by, **{**values, **more})


@pytest.mark.parametrize(
    ("born", "day", "group"),
    [
        (date(2013, 5, 2), date(2027, 5, 1), "under_14"),
        (date(2013, 5, 2), date(2027, 5, 2), "minor"),
        (date(2009, 5, 2), date(2027, 5, 1), "minor"),
        (date(2009, 5, 2), date(2027, 5, 2), "adult"),
        (date(2012, 2, 29), date(2026, 2, 28), "under_14"),
        (date(2012, 2, 29), date(2026, 3, 1), "minor"),
    ],
)
def test_the_group_changes_on_the_birthday(born, day, group):
    assert age_group_on(born, day) == group


def test_the_date_is_encrypted_and_gives_the_group(alice, dina):
    record_age(person=dina, by=alice, date_of_birth=years_ago(10))
    with connection.cursor() as cursor:
        cursor.execute("SELECT date_of_birth, age_group FROM accounts_user WHERE id = %s", [dina.pk])
        stored, group = cursor.fetchone()
    assert years_ago(10).isoformat() not in stored
    assert group == "under_14"
    dina.refresh_from_db()
    assert age_and_consent.birthday_of(dina) == years_ago(10)


def test_the_group_follows_a_birthday_without_anybody(alice, dina):
    record_age(person=dina, by=alice, date_of_birth=years_ago(14))
    User.objects.filter(pk=dina.pk).update(age_group="under_14")
    dina.refresh_from_db()
    assert age_and_consent.current_age_group(dina) == "minor"
    assert refresh_age_groups() == 1
    assert refresh_age_groups() == 0
    dina.refresh_from_db()
    assert dina.age_group == "minor"


def test_neither_is_sent_to_iclass(alice, dina):
    record_age(person=dina, by=alice, age_group="adult")
    given(dina, alice)
    assert not Operation.objects.exists()


@pytest.mark.parametrize("days", [1, -130 * 366])
def test_an_impossible_date_of_birth_is_refused(alice, dina, days):
    with pytest.raises(ValidationError):
        record_age(person=dina, by=alice, date_of_birth=timezone.localdate() + timedelta(days=days))


def test_the_trail_knows_the_change_under_the_key_of_the_person(alice, dina):
    record_age(person=dina, by=alice, date_of_birth=years_ago(10))
    entry = AuditEntry.objects.get(action="person.age")
    assert entry.after["age_group"].startswith("p1.")
    assert years_ago(10).isoformat() not in str(entry.after)


def test_consent_is_given_and_withdrawn_and_both_stay(alice, dina):
    given(dina, alice)
    given(dina, alice, state="withdrawn")
    dina.refresh_from_db()
    assert dina.consent == "withdrawn"
    assert [one.state for one in Consent.objects.filter(person=dina)] == ["withdrawn", "given"]
    assert {one.guardian.reveal() for one in Consent.objects.all()} == {"Li Na, mother"}
    with pytest.raises(ValidationError, match="没有可撤回的同意记录"):
        given(dina, alice, state="withdrawn")


def test_consent_never_changes_in_the_database(alice, dina):
    consent = given(dina, alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(state="withdrawn")


def test_an_erasure_removes_the_age_and_the_guardian_but_not_that_there_was_consent(alice, dina):
    record_age(person=dina, by=alice, date_of_birth=years_ago(10))
    given(dina, alice)
    erase_person(person=dina, by=alice, reason="a parent asks")
    dina.refresh_from_db()
    assert (dina.age_group, dina.date_of_birth, dina.consent) == ("", None, "given")
    assert Consent.objects.get().guardian is None
    with pytest.raises(ValidationError):
        record_age(person=dina, by=alice, age_group="adult")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_office_records_age_and_consent_on_pages(alice, dina, language):
    client = client_for(alice, language)
    page = client.get(f"/people/{dina.pk}/age/")
    form = {"seen": page.context["form"]["seen"].value(), "date_of_birth": years_ago(10).isoformat()}
    assert client.post(f"/people/{dina.pk}/age/", form).status_code == 302
    consent = {"state": "given", "day": timezone.localdate(), "guardian": "Li Na, mother", "how": "paper"}
    assert client.get(f"/people/{dina.pk}/consent/").status_code == 200
    assert client.post(f"/people/{dina.pk}/consent/", consent).status_code == 302
    assert page_says(client.get(f"/people/{dina.pk}/"), "under 14", language)
    history = client.get(f"/people/{dina.pk}/consent/")
    assert "Li Na, mother" in history.content.decode()
    seen = PersonalDataAccess.objects.filter(person=dina, entry__action="person.reveal")
    assert {name for row in seen for name in row.fields} == {"date_of_birth", "guardian"}


def test_a_group_that_does_not_match_the_date_is_refused_at_its_field(alice, dina):
    form = {"date_of_birth": years_ago(10).isoformat(), "age_group": "adult"}
    page = client_for(alice).post(f"/people/{dina.pk}/age/", form)
    assert list(page.context["form"].errors) == ["age_group"]


def test_a_concurrent_change_of_the_age_is_a_sentence(alice, dina):
    client = client_for(alice)
    seen = client.get(f"/people/{dina.pk}/age/").context["form"]["seen"].value()
    record_age(person=dina, by=alice, age_group="minor")
    page = client.post(f"/people/{dina.pk}/age/", {"seen": seen, "age_group": "adult"})
    assert page_says(page, "Somebody changed the age in the meantime. Open the page again.")
    dina.refresh_from_db()
    assert dina.age_group == "minor"


def test_only_the_office_sees_age_and_consent(alice, bob, dina, school):
    record_age(person=dina, by=alice, age_group="under_14")
    sue = create_person(school, "sue", Role.SUPERVISOR)
    for reader in (sue, dina):
        assert not client_for(reader).get(f"/people/{dina.pk}/").context["sees_age"]
    assert client_for(bob).get(f"/people/{dina.pk}/age/").status_code in (403, 404)
    assert client_for(sue).get(f"/people/{dina.pk}/consent/").status_code == 403


def test_the_list_is_filtered_by_age_and_consent_for_the_office_alone(alice, dina, school):
    sue = create_person(school, "sue", Role.SUPERVISOR)
    tom = create_person(school, "tom", Role.STUDENT)
    record_age(person=dina, by=alice, age_group="under_14")
    given(tom, alice)
    listed = client_for(alice).get("/people/?age=under_14&consent=none").context["keyset"].rows
    assert listed == [dina]
    listed = client_for(alice).get("/people/?consent=given").context["keyset"].rows
    assert listed == [tom]
    page = client_for(sue).get("/people/?age=under_14")
    assert "age" not in page.context["filter_form"].fields
    assert len(page.context["keyset"].rows) > 1


def test_rest_shows_the_age_group_to_the_office_alone(alice, dina, school):
    record_age(person=dina, by=alice, age_group="under_14")
    sue = create_person(school, "sue", Role.SUPERVISOR)
    answers = {reader: rest_client(reader).get("/api/v1/users/dina/age/").json() for reader in (alice, sue)}
    assert (answers[alice]["age_group"], answers[alice]["consent"]) == ("under_14", "")
    assert (answers[sue]["age_group"], answers[sue]["consent"]) == (None, None)


def test_a_form_that_is_sent_back_is_a_recorded_look_too(alice, dina):
    given(dina, alice)
    page = client_for(alice).post(f"/people/{dina.pk}/consent/", {"state": "given"})
    assert "Li Na, mother" in page.content.decode()
    seen = PersonalDataAccess.objects.get(person=dina, entry__action="person.reveal")
    assert (seen.fields, seen.entry.actor) == (["guardian"], alice)
