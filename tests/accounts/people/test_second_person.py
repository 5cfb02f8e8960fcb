"""Nobody erases a person alone: an account that the requester made or took over waits for seven days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.bulk.services import create_password_links
from accounts.models import (
    Enterprise,
    ErasureRequest,
    IdentityLink,
    PeopleImport,
    PeopleImportRow,
    Role,
    User,
)
from accounts.people.erasure_requests import answer_erasure, refused_confirmation, request_erasure
from accounts.people.services import edit_person, reactivate_person, register_person
from accounts.school.identity.services import change_provider, unlink_person
from accounts.sign_in import second_factor
from accounts.sign_in.password_links import Delivery, issue_link
from accounts.sign_in.services import change_password
from tests.accounts.school.identity.conftest import create_provider
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PASSWORD = "all-the-kings-horses"
DAY = timedelta(days=1)
Act = Callable[[User, User], Any]


def register(by: User, user_id: str = "mole") -> User:
    return register_person(
        enterprise=by.enterprise, by=by, user_id=user_id, nickname="Mole", role=Role.ADMIN, password=PASSWORD
    )


def by_another(by: User, second: User) -> None:
    change_password(person=second, password=PASSWORD, by=register(by))


def by_an_import(by: User, second: User) -> None:
    source = PeopleImport.objects.create(
        enterprise=by.enterprise, by=by, filename="a.csv", digest="x", kind="csv", headings=["id"],
        columns=[""], applied_at=timezone.now(),
    )  # fmt: skip
    PeopleImportRow.objects.create(
        source=source, enterprise=by.enterprise, number=2, cells=[], person=second, after={"role": "admin"}
    )


def by_roles(by: User, second: User) -> None:
    edit_person(person=second, by=by, role=Role.TEACHER)
    edit_person(person=User.objects.get(pk=second.pk), by=by, role=Role.ADMIN)


def by_reactivation(by: User, second: User) -> None:
    User.objects.filter(pk=second.pk).update(is_active=False)
    reactivate_person(person=second, by=by)


def by_provider(by: User, second: User, act: str) -> None:
    provider = create_provider(second.enterprise, kind="wecom", client_id="corp-1", tenant="1000002")
    IdentityLink.objects.create(provider=provider, person=second, subject="hatter")
    if act == "unlink":
        unlink_person(provider=provider, user_id=second.user_id, by=by)
    else:
        change_provider(provider=provider, by=by, name="School")


ACTS: dict[str, Act] = {
    "password": lambda by, second: change_password(person=second, password=PASSWORD, by=by),
    "password by an account of the requester": by_another,
    "password link": lambda by, second: issue_link(person=second, by=by, delivery=Delivery.CARD),
    "password links": lambda by, second: create_password_links(
        people=[second], by=by, delivery=Delivery.CARD
    ),
    "role": by_roles,
    "address": lambda by, second: edit_person(person=second, by=by, e_mail="alice@elsewhere.example"),
    "second factor": lambda by, second: second_factor.reset(person=second, by=by),
    "reactivation": by_reactivation,
    "import": by_an_import,
    "account at a provider": lambda by, second: by_provider(by, second, "unlink"),
    "provider": lambda by, second: by_provider(by, second, "change"),
}


@pytest.fixture
def second(school: Enterprise) -> User:
    """Another administrator, long in the school."""
    person = create_person(school, "hatter", Role.ADMIN)
    person.set_password(PASSWORD)
    person.created_at -= 30 * DAY
    person.save(update_fields=["created_at", "password"])
    return person


def confirm(request: ErasureRequest, by: User) -> bool:
    """Whether the request could be confirmed; a refusal erases nothing."""
    stored = User.objects.get(pk=by.pk)
    if "only after seven days" in refused_confirmation(request, stored):
        with pytest.raises(ValidationError, match="only after seven days"):
            answer_erasure(request=request, confirmed=True, by=stored)
    else:
        answer_erasure(request=request, confirmed=True, by=stored)
    return User.objects.get(pk=request.person_id).erased_at is not None


def test_an_administrator_whom_the_requester_added_does_not_make_two(alice: User, dina: User) -> None:
    request = request_erasure(person=dina, by=alice, reason="asked")
    assert not confirm(request, register(alice))
    before = register(alice, "vole")
    assert not confirm(request, before)


@pytest.mark.parametrize("moment", ["before the request", "after it"])
@pytest.mark.parametrize("act", ACTS)
def test_an_account_that_the_requester_had_in_hand_waits_for_seven_days(
    alice: User, second: User, dina: User, act: str, moment: str
) -> None:
    if moment == "before the request":
        with time_machine.travel(timezone.now() - 6 * DAY, tick=False):
            ACTS[act](alice, second)
    request = request_erasure(person=dina, by=alice, reason="asked")
    if moment == "after it":
        ACTS[act](alice, second)
    assert not confirm(request, second)
    with time_machine.travel(timezone.now() + 7 * DAY, tick=False):
        assert confirm(request, second)


@pytest.mark.parametrize("act", ACTS)
def test_what_was_longer_ago_or_done_by_others_does_not_count(
    alice: User, second: User, dina: User, school: Enterprise, act: str
) -> None:
    hare = create_person(school, "hare", Role.ADMIN)
    with time_machine.travel(timezone.now() - 8 * DAY, tick=False):
        ACTS[act](alice, second)
    edit_person(person=User.objects.get(pk=second.pk), by=hare, e_mail="hatter@wonderland.example")
    edit_person(person=User.objects.get(pk=second.pk), by=alice, nickname="Hatter")
    assert confirm(request_erasure(person=dina, by=alice, reason="asked"), second)


def test_a_superadmin_confirms_at_once(alice: User, dina: User, quinn: User) -> None:
    assert confirm(request_erasure(person=dina, by=alice, reason="asked"), quinn)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_from_when_on_and_still_lets_one_decline(
    alice: User, second: User, dina: User, language: str
) -> None:
    request = request_erasure(person=dina, by=alice, reason="asked")
    change_password(person=second, password=PASSWORD, by=alice)
    client = client_for(User.objects.get(pk=second.pk), language)
    day = timezone.localtime(request.requested_at + 7 * DAY, dina.enterprise.tz)
    page = page_text(client.get(f"/people/erasures/{request.pk}/"))
    assert f"{day:%Y-%m-%d %H:%M}" in page
    assert 'value="confirm"' not in page
    client.post(f"/people/erasures/{request.pk}/", {"decision": "decline", "text": "Who asked?"})
    assert ErasureRequest.objects.get().state == ErasureRequest.State.DECLINED
