"""What lets a person in ends with the reason for it, whoever takes the reason away."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.bulk.services import deactivate_people
from accounts.mirror.upsert import upsert_person
from accounts.models import IdentityLink, Role, User
from accounts.people.erasure import erase_person
from accounts.people.services import deactivate_person, edit_person, reactivate_person
from accounts.school.identity.services import change_provider, delete_provider, unlink_person
from accounts.sign_in.services import change_password
from accounts.sign_in.verified_addresses import address_digest, is_verified
from console.iclass import UserInfo
from console.mirror.decisions import apply_decision
from console.vault.secret import Secret
from tests.accounts.school.identity.conftest import create_provider
from tests.console.mirror.remote_states import mark_different
from tests.support.page_client import client_for
from tests.support.ways_in import WAYS_IN, open_all_ways_in, ways_in

pytestmark = pytest.mark.usefixtures("english")
OTHER = "dina@elsewhere.example"
Act = Callable[[User, User], Any]


def by_rest(person: User, by: User, **fields: str) -> None:
    path = f"/api/v1/users/{person.user_id}/"
    answer = client_for(by).patch(path, fields, content_type="application/json")
    assert answer.status_code == 200, answer.content


def by_taking_theirs(person: User, by: User, **fields: str) -> None:
    apply_decision("take", mark_different(person, **fields), by=by, fields=list(fields))


def by_first_read(person: User, **fields: str) -> None:
    """The console knew the user ID alone, from a lesson, and now reads who that is."""
    User.objects.filter(pk=person.pk).update(made_outside=True, observed_at=None)
    theirs = {"role": person.role, "nickname": person.nickname, "e_mail": person.e_mail} | fields
    upsert_person(User.objects.get(pk=person.pk), UserInfo(user_id=person.user_id, **theirs))


def reactivate(person: User, by: User) -> None:
    """Somebody who was deactivated before all access ended with that."""
    User.objects.filter(pk=person.pk).update(is_active=False)
    reactivate_person(person=person, by=by)


CHANGES: dict[str, Act] = {
    "role": lambda dina, by: edit_person(person=dina, by=by, role=Role.TEACHER),
    "role and address": lambda dina, by: edit_person(person=dina, by=by, role=Role.TEACHER, e_mail=OTHER),
    "role by REST": lambda dina, by: by_rest(dina, by, role="teacher"),
    "role of iclass": lambda dina, by: by_taking_theirs(dina, by, role="teacher"),
    "role at the first read": lambda dina, by: by_first_read(dina, role="teacher"),
    "deactivated": lambda dina, by: deactivate_person(person=dina, by=by),
    "deactivated with others": lambda dina, by: deactivate_people(people=[dina], by=by, reason="left"),
    "reactivated": reactivate,
    "erased": lambda dina, by: erase_person(person=dina, by=by, reason="asked"),
    "password by an administrator": lambda dina, by: change_password(
        person=dina, password="croquet at half past four", by=by
    ),
}
ADDRESSES: dict[str, Act] = {
    "form": lambda dina, by: edit_person(person=dina, by=by, e_mail=OTHER),
    "REST": lambda dina, by: by_rest(dina, by, e_mail=OTHER),
    "value of iclass": lambda dina, by: by_taking_theirs(dina, by, e_mail=OTHER),
    "first read": lambda dina, by: by_first_read(dina, e_mail=OTHER),
    "no address": lambda dina, by: edit_person(person=dina, by=by, e_mail=""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_all_access_ends_with_another_role_and_activity(alice: User, dina: User, change: str) -> None:
    open_all_ways_in(dina, alice)
    CHANGES[change](dina, alice)
    assert ways_in(dina) == set()


@pytest.mark.parametrize("change", ADDRESSES)
def test_another_address_ends_the_link_and_the_proof_of_the_former_one(
    alice: User, dina: User, change: str
) -> None:
    User.objects.filter(pk=dina.pk).update(verified_e_mail=address_digest(dina.e_mail))
    open_all_ways_in(dina, alice)
    ADDRESSES[change](dina, alice)
    assert ways_in(dina) == WAYS_IN - {"link"}
    edit_person(person=User.objects.get(pk=dina.pk), by=alice, e_mail=dina.e_mail)
    assert not is_verified(User.objects.get(pk=dina.pk)), "the address comes back, its proof does not"


@pytest.mark.parametrize("change", [edit_person, by_first_read])
def test_other_changes_end_nothing(alice: User, dina: User, change: Callable[..., Any]) -> None:
    open_all_ways_in(dina, alice)
    by = {"by": alice} if change is edit_person else {}
    change(person=dina, nickname="Dina L", **by)
    assert ways_in(dina) == WAYS_IN


@pytest.mark.parametrize("change", ["unlinked", "other accounts", "deleted", "renamed"])
def test_all_access_ends_with_the_account_at_a_provider(
    alice: User, bob: User, dina: User, quinn: User, change: str
) -> None:
    provider = create_provider(quinn.enterprise, kind="wecom", client_id="corp-1", tenant="1000002")
    IdentityLink.objects.create(provider=provider, person=dina, subject="zhangsan")
    open_all_ways_in(dina, alice)
    open_all_ways_in(bob, alice)
    if change == "unlinked":
        unlink_person(provider=provider, user_id="dina", by=quinn)
    elif change == "other accounts":
        change_provider(provider=provider, by=quinn, client_id="corp-2", client_secret=Secret("a-secret"))
    elif change == "deleted":
        delete_provider(provider=provider, by=quinn)
    else:
        change_provider(provider=provider, by=quinn, name="School")
    assert ways_in(dina) == (WAYS_IN if change == "renamed" else set())
    assert ways_in(bob) == WAYS_IN, "who has no account there"


def test_the_access_of_others_stays(alice: User, bob: User, charlie: User, dina: User) -> None:
    for person in (bob, dina):
        open_all_ways_in(person, alice)
    open_all_ways_in(charlie, alice)
    deactivate_person(person=dina, by=alice)
    assert ways_in(bob) == ways_in(charlie) == WAYS_IN
