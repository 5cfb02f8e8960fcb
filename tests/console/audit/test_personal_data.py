"""What is a person's own on the trail: sealed, forgotten with its key, and the chain holds all the same."""

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from accounts.people.services import edit_person, register_person
from console.audit import chain as chains
from console.audit import personal_data
from console.audit.models import AuditEntry, PersonKey
from console.audit.personal_data import (
    ERASED,
    UNDECRYPTABLE,
    erase_person_keys,
    erase_personal_data,
    seal_for,
    unseal,
)
from console.audit.trail import record
from console.audit.verification import verify_chain

NAME, PHONE, MAIL = "Wonderland-Canary", "13898765432", "canary@wonderland.example"


def whole_trail() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_auditentry::text FROM audit_auditentry")
        return "\n".join(row for (row,) in cursor.fetchall())


def test_no_value_of_a_person_stands_on_the_trail_in_the_clear(alice: User) -> None:
    fields = {"nickname": NAME, "phone_no": PHONE, "e_mail": MAIL, "avatar": "https://x.example/canary.png"}
    person = register_person(enterprise=alice.enterprise, by=alice, user_id="u1", role="student", **fields)
    edit_person(person=person, by=alice, nickname=f"{NAME}2")
    written = whole_trail()
    for value in fields.values():
        assert value not in written
    entry = AuditEntry.objects.get(action="person.change")
    assert personal_data.make_unsealer([entry.before])(entry.before) == {"nickname": NAME}


def test_with_the_key_destroyed_nothing_can_be_read_and_the_chain_holds(alice: User, bob: User) -> None:
    sealed = seal_for(bob, "Bob")
    entry = record("person.change", bob, by=alice, before={"nickname": "Bob"}, after={"nickname": "Rob"})
    chains.link_waiting_entries()
    assert unseal(sealed) == "Bob"
    assert erase_person_keys(bob.pk)
    assert not erase_person_keys(bob.pk)
    assert unseal(sealed) is ERASED
    opened = personal_data.make_unsealer([entry.before, entry.object_label])
    assert (opened(entry.before), opened(entry.object_label)) == ({"nickname": ERASED}, ERASED)
    assert verify_chain(alice.enterprise_id).holds
    assert not PersonKey.objects.get(person=bob).key


def test_what_is_written_of_somebody_forgotten_is_not_kept(alice: User, bob: User) -> None:
    erase_person_keys(bob.pk)
    entry = record("person.change", bob, by=alice, after={"nickname": NAME})
    assert NAME not in whole_trail()
    assert personal_data.make_unsealer([entry.after])(entry.after) == {"nickname": ERASED}


def test_one_persons_key_opens_nothing_of_another(alice: User, bob: User) -> None:
    moved = seal_for(bob, "Bob").replace(f"p1.{bob.pk}.", f"p1.{alice.pk}.")
    assert unseal(moved) is UNDECRYPTABLE
    seal_for(alice, "Alice")
    assert unseal(moved) is UNDECRYPTABLE


@pytest.mark.parametrize("text", ["Bob", "p1.", "p1.0.xx", "p2.1.abc", "", "p1.12.!!!"])
def test_old_rows_in_the_clear_are_read_as_they_stand(db: None, text: str) -> None:
    assert unseal(text) == text


def test_anything_that_json_says_can_be_sealed(bob: User) -> None:
    for value in ("名字", {"ours": "a", "theirs": ["b"]}, 5, True):
        assert unseal(seal_for(bob, value)) == value


def test_keys_go_along_with_a_rotation(bob: User, settings: object) -> None:
    sealed = seal_for(bob, "Bob")
    old, new = settings.FIELD_KEYS[0], "bmV3LWZpZWxkLWtleS1vZi0zMi1ieXRlcy1sb25nISE="
    settings.FIELD_KEYS = [new, old]
    call_command("rotate_keys")
    settings.FIELD_KEYS = [new]
    assert unseal(sealed) == "Bob"


def test_erasing_asks_every_app_that_keeps_words_of_people(bob: User) -> None:
    asked: list[int] = []
    personal_data.register_scrubber("tea party")(lambda person: asked.append(person.pk) or 3)
    seal_for(bob, "Bob")
    try:
        told = erase_personal_data(bob)
    finally:
        del personal_data._scrubbers["tea party"]
    assert (told["tea party"], told["keys"], asked) == (3, 1, [bob.pk])
