import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.forms import modelform_factory

from accounts.models import Enterprise, User
from console.vault import keyring
from console.vault.keyring import VaultError
from console.vault.secret import Secret

CANARY = "wonderland-0451-canary"


def stored(row: Any, column: str) -> str:
    """What the database holds, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(f'select "{column}" from "{row._meta.db_table}" where id = %s', [row.pk])
        return cursor.fetchone()[0]


@pytest.fixture
def sealed(school: Enterprise) -> Enterprise:
    school.tic_key = CANARY
    school.save(update_fields=["tic_key"])
    return Enterprise.objects.get(pk=school.pk)


def test_what_is_assigned_comes_back_and_the_database_never_sees_it(sealed: Enterprise) -> None:
    assert sealed.tic_key.reveal() == CANARY
    assert CANARY not in stored(sealed, "tic_key")
    assert keyring.is_sealed(stored(sealed, "tic_key"))
    assert CANARY not in str(vars(sealed))


def test_values_and_fixtures_hold_ciphertext_and_a_fixture_brings_it_back(sealed: Enterprise) -> None:
    (value,) = Enterprise.objects.filter(pk=sealed.pk).values_list("tic_key", flat=True)
    assert value == stored(sealed, "tic_key")
    fixture = serializers.serialize("json", [sealed])
    assert CANARY not in fixture
    (loaded,) = serializers.deserialize("json", fixture)
    loaded.save()
    assert Enterprise.objects.get(pk=sealed.pk).tic_key.reveal() == CANARY


def test_a_row_is_opened_only_when_it_is_asked(sealed: Enterprise, settings: Any) -> None:
    settings.FIELD_KEYS = ["no key at all"]
    again = Enterprise.objects.get(pk=sealed.pk)
    assert str(again.tic_key) == "***"
    with pytest.raises(VaultError):
        again.tic_key.reveal()


def test_saving_a_row_leaves_untouched_secrets_as_they_are(sealed: Enterprise) -> None:
    before = stored(sealed, "tic_key")
    sealed.tic_key = sealed.tic_key
    sealed.name = "Elsewhere"
    sealed.save(update_fields=["name", "tic_key"])
    sealed.refresh_from_db()
    sealed.save(update_fields=["tic_key"])
    assert stored(sealed, "tic_key") == before


@pytest.mark.parametrize("empty", [None, ""])
def test_nothing_is_stored_as_nothing(sealed: Enterprise, empty: str | None) -> None:
    sealed.private_key = empty
    sealed.save(update_fields=["private_key"])
    assert stored(sealed, "private_key") is None
    assert Enterprise.objects.get(pk=sealed.pk).private_key is None
    assert Enterprise.objects.filter(pk=sealed.pk, private_key__isnull=True).exists()


def test_a_value_moved_to_another_row_or_column_does_not_open(
    sealed: Enterprise, other_school: Enterprise
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update accounts_enterprise set tic_key = %s, private_key = %s where id = %s",
            [stored(sealed, "tic_key"), stored(other_school, "tic_key"), other_school.pk],
        )
    moved = Enterprise.objects.get(pk=other_school.pk)
    for secret in (moved.tic_key, moved.private_key):
        with pytest.raises(VaultError, match=r"accounts_enterprise\.\w+ cannot be opened"):
            secret.reveal()


def test_a_secret_of_another_row_is_sealed_anew_for_its_new_one(
    sealed: Enterprise, other_school: Enterprise
) -> None:
    other_school.tic_key = sealed.tic_key
    other_school.private_key = sealed.tic_key
    other_school.save(update_fields=["tic_key", "private_key"])
    fresh = Enterprise.objects.get(pk=other_school.pk)
    assert fresh.tic_key.reveal() == fresh.private_key.reveal() == CANARY
    assert len({stored(sealed, "tic_key"), stored(fresh, "tic_key"), stored(fresh, "private_key")}) == 3


def test_no_lookup_asks_what_a_secret_is(sealed: Enterprise) -> None:
    for lookup in (
        "tic_key",
        "tic_key__exact",
        "tic_key__startswith",
        "tic_key__in",
        "users__user_token__gt",
    ):
        with pytest.raises(FieldError):
            Enterprise.objects.filter(**{lookup: CANARY})
    with pytest.raises(FieldError):
        Enterprise.objects.exclude(tic_key__length=3)


def test_an_update_in_sql_is_refused_rather_than_stored_in_clear(sealed: Enterprise) -> None:
    for value in (CANARY, Secret(CANARY)):
        with pytest.raises(VaultError, match=r"save\(\)") as caught:
            Enterprise.objects.filter(pk=sealed.pk).update(tic_key=value)
        assert CANARY not in str(caught.value)


def test_bulk_create_and_bulk_update_seal_too(school: Enterprise) -> None:
    people = [
        User(enterprise=school, user_id=f"u{n}", login=f"u{n}", user_token=f"token-{n}") for n in range(3)
    ]
    User.objects.bulk_create(people)
    assert [person.user_token.reveal() for person in User.objects.order_by("user_id")] == [
        "token-0",
        "token-1",
        "token-2",
    ]
    for person in people:
        person.user_token = f"fresh-{person.user_id}"
        person.seal()
    User.objects.bulk_update(people, ["user_token"])
    assert User.objects.get(user_id="u1").user_token.reveal() == "fresh-u1"


def test_a_deferred_secret_takes_one_query(sealed: Enterprise, django_assert_num_queries: Any) -> None:
    row = Enterprise.objects.only("name", "sdkappid", "seal_id").get(pk=sealed.pk)
    with django_assert_num_queries(1):
        assert row.tic_key.reveal() == CANARY


def test_a_row_may_be_pickled_with_its_ciphertext_alone(sealed: Enterprise) -> None:
    packed = pickle.dumps(sealed)
    assert CANARY.encode() not in packed
    assert pickle.loads(packed).tic_key.reveal() == CANARY
    sealed.tic_key = CANARY
    with pytest.raises(TypeError):
        pickle.dumps(sealed)


def test_two_rows_never_share_a_seal(school: Enterprise, other_school: Enterprise) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Enterprise.objects.filter(pk=school.pk).update(seal_id=other_school.seal_id)


def test_only_text_and_secrets_can_be_assigned(school: Enterprise) -> None:
    with pytest.raises(TypeError, match="tic_key"):
        school.tic_key = 4711


class KeysForm(modelform_factory(Enterprise, fields=["name", "tic_key", "private_key"])):  # type: ignore[misc]
    def save(self) -> None:  # type: ignore[override]
        super().save(commit=False).save(update_fields=self.changed_data)


class TestForm:
    """The form field that a page and the admin show."""

    Form = KeysForm

    def test_the_page_says_that_it_is_set_and_how_it_ends_and_no_more(self, school: Enterprise) -> None:
        with time_machine.travel(datetime(2026, 5, 3, 4, tzinfo=UTC), tick=False):
            school.tic_key = CANARY
            school.save(update_fields=["tic_key"])
        page = str(self.Form(instance=school))
        assert CANARY not in page
        assert stored(school, "tic_key") not in page
        assert "…ry" in page
        assert "2026" in page
        assert 'type="password"' in page
        assert page.count("…") == 1

    def test_sent_empty_it_stays(self, sealed: Enterprise) -> None:
        before = stored(sealed, "tic_key")
        form = self.Form({"name": "Wonderland", "tic_key": "", "private_key": ""}, instance=sealed)
        form.save()
        assert form.changed_data == []
        assert stored(sealed, "tic_key") == before

    def test_what_is_typed_is_stored_and_never_shown_again(self, sealed: Enterprise) -> None:
        data = {"name": "", "tic_key": "brand-new-canary"}
        form = self.Form(data, instance=sealed)
        assert not form.is_valid()
        assert "brand-new-canary" not in str(form)
        form = self.Form({**data, "name": "Wonderland"}, instance=sealed)
        form.save()
        assert form.changed_data == ["tic_key"]
        assert Enterprise.objects.get(pk=sealed.pk).tic_key.reveal() == "brand-new-canary"

    def test_a_new_row_needs_it_and_an_old_one_has_it(self, sealed: Enterprise) -> None:
        assert "tic_key" in self.Form({"name": "New", "tic_key": ""}).errors
        assert "tic_key" not in self.Form({"name": "Old", "tic_key": ""}, instance=sealed).errors

    def test_one_that_cannot_be_opened_can_be_replaced(self, sealed: Enterprise, settings: Any) -> None:
        settings.FIELD_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
        row = Enterprise.objects.get(pk=sealed.pk)
        assert "form-hint" in str(self.Form(instance=row))
        self.Form({"name": "Wonderland", "tic_key": "another-canary"}, instance=row).save()
        assert Enterprise.objects.get(pk=sealed.pk).tic_key.reveal() == "another-canary"
