"""Erasing somebody: two steps, what goes, what stays, what the service is told; it is never undone."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Avatar, Enterprise, ErasureRequest, Role, User
from accounts.outbound.operations import TOKEN_COLUMNS
from accounts.people.avatars import validate_avatar
from accounts.people.erasure import erase_person, erased_name, redact_personal_fields
from accounts.people.services import edit_person, reactivate_person, renew_entry_token
from accounts.sign_in.services import change_password
from classes.lessons.services import schedule_lesson
from classes.models import Attendance, Observation
from console.audit.models import AuditEntry, PersonKey
from console.audit.personal_data import ERASED, make_unsealer
from console.inbox.models import Callback
from console.mirror.models import IgnoredDifference
from console.outbox import relay
from console.outbox.models import Operation
from console.policy.tokens import issue_token
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to, tomorrow_at
from tests.support.image_files import png
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

WHY = {"reason": "a request of 24 November"}
SURE = WHY | {"user_id": "dina"}


def erase_page(by: User, whom: User, **fields: str) -> Any:
    return client_for(by).post(f"/people/{whom.pk}/erase/", fields)


def erase_by_two(by: User, second: User, whom: User) -> Any:
    """One administrator requests it, a second one confirms."""
    assert erase_page(by, whom, **SURE)["Location"] == f"/people/{whom.pk}/"
    request = ErasureRequest.objects.get(person=whom)
    typed = {"decision": "confirm", "user_id": whom.user_id}
    return client_for(second).post(f"/people/erasures/{request.pk}/", typed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_step_says_what_goes_and_what_stays_and_erases_nothing(
    alice: User, dina: User, language: str
) -> None:
    client = client_for(alice, language)
    page = client.get(f"/people/{dina.pk}/erase/")
    kept = (
        "At iclass, which cannot delete accounts: the account with its user ID and gender, "
        "recordings, chats and lesson history. Ask iclass to delete them."
    )
    assert page_says(page, kept, language)
    second = client.post(f"/people/{dina.pk}/erase/", WHY)
    assert page_says(second, "Step 2: final confirmation.", language)
    assert User.objects.get(pk=dina.pk).nickname == "Dina"


def test_another_user_id_erases_nothing(alice: User, dina: User) -> None:
    page = erase_page(alice, dina, **{**SURE, "user_id": "Dina"})
    assert "This is not the person's user ID. Nothing was erased." in page_text(page)
    assert User.objects.get(pk=dina.pk).nickname == "Dina"


def test_without_a_reason_there_is_no_second_step(alice: User, dina: User) -> None:
    assert "Enter a reason" in page_text(erase_page(alice, dina, reason=""))
    assert erase_page(alice, dina, reason="", user_id="dina").status_code == 200
    assert User.objects.get(pk=dina.pk).erased_at is None


def test_what_two_administrators_agree_on_erases_the_row_and_all_doors(
    alice: User, quinn: User, dina: User
) -> None:
    dina.store_entry_token("jabberwocky")
    dina.set_password("through-the-looking-glass")
    dina.observed = {"nickname": "Dina", "phone_no": "13812345678", "role": "student"}
    dina.save_mirrored(["password", "observed", *TOKEN_COLUMNS])
    edit_person(person=dina, by=alice, picture=validate_avatar(png()))
    path, session, token = Avatar.objects.get().path, client_for(dina), issue_token(dina)
    assert erase_by_two(alice, quinn, dina)["Location"] == f"/people/{dina.pk}/"
    row = User.objects.get(pk=dina.pk)
    assert (row.nickname, row.phone_no, row.e_mail, row.avatar, row.gender) == (erased_name(), "", "", "", "")
    assert row.observed == {"role": "student"}
    assert (row.user_id, row.user_token, row.is_active) == ("dina", None, False)
    assert row.erased_at is not None
    assert Client().get(path).status_code == 404
    assert session.get("/account/").status_code == 302
    assert not Client().login(username=row.login, password="through-the-looking-glass")
    assert Client().get("/api/v1/users/", headers={"authorization": f"Token {token}"}).status_code == 401


def test_it_is_on_record_without_the_person_and_the_trail_forgets_them(
    alice: User, quinn: User, dina: User
) -> None:
    edit_person(person=dina, by=alice, nickname="Dinah")
    erase_by_two(alice, quinn, dina)
    entry = AuditEntry.objects.get(action="person.erase")
    assert (entry.actor, entry.reason, entry.object_id) == (quinn, "a request of 24 November", str(dina.pk))
    before = AuditEntry.objects.get(action="person.change")
    assert make_unsealer([before.after])(before.after) == {"nickname": ERASED}
    assert PersonKey.objects.get(person=dina).destroyed_at is not None


@pytest.mark.parametrize("act", [edit_person, renew_entry_token, reactivate_person])
def test_it_is_never_undone(alice: User, dina: User, act: Any) -> None:
    erase_person(person=dina, by=alice, reason="x")
    with pytest.raises(ValidationError):
        act(person=dina, by=alice)
    with pytest.raises(ValidationError):
        change_password(person=dina, by=alice, password="all-the-kings-horses")
    with pytest.raises(ValidationError):
        erase_person(person=dina, by=alice, reason="again")
    page = page_text(client_for(alice).get(f"/people/{dina.pk}/"))
    offered = [one for one in ("edit", "card", "token", "reactivate", "erase") if f"/{one}/" in page]
    assert offered == []


def test_nobody_erases_themselves(alice: User) -> None:
    with pytest.raises(ValidationError):
        erase_person(person=alice, by=alice, reason="tired")


def test_only_the_school_s_administrators_erase(
    bob: User, sue: User, charlie: User, olga: User, dina: User
) -> None:
    assert [erase_page(one, dina, **SURE).status_code for one in (bob, sue, dina)] == [403] * 3
    assert erase_page(charlie, dina, **SURE).status_code == 404
    assert erase_page(olga, dina, **SURE).status_code in (302, 403)
    assert User.objects.get(pk=dina.pk).erased_at is None


def test_evidence_registers_payloads_and_desks_lose_the_name_and_keep_the_times(
    alice: User, quinn: User, bob: User, dina: User
) -> None:
    lesson = create_lesson(bob, alice, students=[dina])
    raw = {"user_id": "dina", "nickname": "Dina", "camera": 1}
    Observation.objects.create(
        lesson=lesson, source="poll", user_id="dina", nickname="Dina", present=True, raw=raw
    )
    Observation.objects.create(lesson=lesson, source="poll", user_id="bob", nickname="Bob")
    Attendance.objects.create(lesson=lesson, person=dina, user_id="dina", nickname="Dina", role="student")
    body = {
        "data": {"list": [{"user_id": "dina", "nickname": "Dina"}, {"user_id": "bob", "nickname": "Bob"}]}
    }
    told = Callback.objects.create(enterprise=dina.enterprise, fingerprint="1", event="x", body=body)
    IgnoredDifference.objects.create(
        enterprise=dina.enterprise, subject_type="accounts.user", subject_id=dina.pk, field="nickname"
    )
    edit_person(person=dina, by=alice, phone_no="13700000000")
    erase_by_two(alice, quinn, dina)
    hers = Observation.objects.get(user_id="dina")
    assert (hers.nickname, hers.present) == ("", True)
    assert hers.raw == {"user_id": "dina", "nickname": "", "camera": 1}
    assert Observation.objects.get(user_id="bob").nickname == "Bob"
    assert Attendance.objects.get(person=dina).nickname == erased_name()
    told.refresh_from_db()
    assert "Dina" not in json.dumps(told.body)
    assert "Bob" in json.dumps(told.body)
    assert not IgnoredDifference.objects.exists()
    labels = Operation.objects.filter(subject_type="accounts.user", subject_id=dina.pk)
    assert set(labels.values_list("subject_label", flat=True)) == {erased_name()}


def test_evidence_stays_closed_to_every_other_change(alice: User, bob: User, dina: User) -> None:
    lesson = create_lesson(bob, alice, students=[dina])
    seen = Observation.objects.create(lesson=lesson, source="poll", user_id="dina", nickname="Dina")
    erase_person(person=dina, by=alice, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(pk=seen.pk).update(nickname="Somebody else")


def test_the_lessons_to_come_are_shown_before_somebody_leaves(alice: User, bob: User, dina: User) -> None:
    schedule_lesson(
        teacher=bob, by=alice, students=[dina], topic="Flamingos",
        starts_at=tomorrow_at(8), ends_at=tomorrow_at(9),
    )  # fmt: skip
    for act in ("deactivate", "erase"):
        page = page_text(client_for(alice).get(f"/people/{dina.pk}/{act}/"))
        assert "1 upcoming lesson still includes this person" in page
        assert "Flamingos" in page
        assert "expected" in page
    assert "teaches" in page_text(client_for(alice).get(f"/people/{bob.pk}/deactivate/"))


@pytest.mark.django_db(transaction=True)
def test_the_service_is_emptied_as_far_as_it_lets_us_and_its_token_ends(
    connected: Enterprise, alice: User, iclass: Any
) -> None:
    new = {"user_id": "eve-to-erase", "role": "student", "nickname": "Eve", "phone_no": "13812345678"}
    old = iclass.call("user/register", {"list": [{**new, "gender": "female"}]})["user_list"][0]["user_token"]
    eve = create_person(connected, "eve-to-erase", Role.STUDENT)
    eve.remote_id, eve.phone_no = eve.user_id, "13812345678"
    eve.store_entry_token(old)
    eve.save_mirrored(["remote_id", "phone_no", *TOKEN_COLUMNS])
    erase_person(person=eve, by=alice, reason="asked")
    relay.drain()
    there = iclass.call("user/info", {"user_id": eve.user_id})["user_info"]
    assert (there["nickname"], there["phone_no"], there["e_mail"]) == (erased_name(), "", "")
    assert there["gender"] == "female"
    assert requests_to(iclass, "user/token/update")[-1]["user_id"] == eve.user_id
    row = User.objects.get(pk=eve.pk)
    assert row.user_token is None
    assert row.observed["gender"] == "***"
    assert "iclass keeps:" in page_text(client_for(alice).get(f"/people/{eve.pk}/"))


def test_words_are_taken_out_only_where_the_user_id_is_named() -> None:
    value = {"list": [{"user_id": "a", "nickname": "A"}, {"user_id": "b", "nickname": "B"}], "nickname": "C"}
    assert redact_personal_fields(value, "a") == {
        "list": [{"user_id": "a", "nickname": ""}, {"user_id": "b", "nickname": "B"}],
        "nickname": "C",
    }
