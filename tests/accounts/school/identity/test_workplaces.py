"""Sign-in with WeCom, DingTalk and Feishu, against a STAND-IN made after their published answers."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.http import HttpResponse

from accounts.models import Enterprise, IdentityLink, IdentityProvider, IdentityRule, Role, User
from tests.accounts.school.identity import workplace_stand_in as stand_in
from tests.accounts.school.identity.conftest import create_provider
from tests.accounts.school.identity.real_provider import free_port
from tests.accounts.school.identity.sign_in_steps import FAILED, start_url
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_says

pytestmark = pytest.mark.django_db
KINDS = ("wecom", "dingtalk", "feishu")
ACCEPTED = "The service accepts the client ID and the secret."
NOT_ACCEPTED = "The service does not accept the client ID with this secret."


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of the stand-in, a process of its own."""
    with stand_in.running_stand_in(free_port()) as address:
        yield address


@pytest.fixture
def rows(service: str, school: Enterprise, settings: Any) -> dict[str, IdentityProvider]:
    """A provider of each kind, at the stand-in."""
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    requests.get(f"{service}/member?code=code-of-bob", timeout=30)
    keys = {"client_id": stand_in.APP, "client_secret": stand_in.SECRET, "tenant": stand_in.ORGANISATION}
    return {kind: create_provider(school, kind=kind, issuer=service, **keys) for kind in KINDS}


def sign_in(row: IdentityProvider, **headers: str) -> tuple[str, HttpResponse]:
    """The page at the service, and the answer of the console to who comes back from there."""
    client = client_for()
    way = client.get(start_url(row), headers=headers)["Location"]
    back = requests.get(way, allow_redirects=False, timeout=30).headers["Location"]
    return way, client.get(back, follow=True)


def is_home(answer: HttpResponse) -> bool:
    return answer.redirect_chain[-1][0] == "/" and answer.status_code == 200  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_of_the_organisation_signs_in(
    rows: dict[str, IdentityProvider], bob: User, kind: str
) -> None:
    assert is_home(sign_in(rows[kind])[1])
    assert IdentityLink.objects.get().person == bob


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_of_another_organisation_does_not(
    service: str, rows: dict[str, IdentityProvider], bob: User, kind: str
) -> None:
    requests.get(f"{service}/member?code=code-of-mallory", timeout=30)
    assert page_says(sign_in(rows[kind])[1], FAILED)
    assert not IdentityLink.objects.exists()


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_member_is_found_by_the_employee_number(rows: dict[str, IdentityProvider], kind: str) -> None:
    person = create_person(rows[kind].enterprise, "10042", Role.TEACHER)
    IdentityProvider.objects.update(match_by="employee")
    assert is_home(sign_in(rows[kind])[1])
    assert IdentityLink.objects.get().person == person


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_is_found_by_the_mailbox_of_the_organisation(
    rows: dict[str, IdentityProvider], alice: User, kind: str
) -> None:
    IdentityProvider.objects.update(match_by="e_mail")
    User.objects.update(e_mail="bob@wonderland.example")
    assert is_home(sign_in(rows[kind])[1])
    assert IdentityLink.objects.get().person == alice


def test_a_department_gives_a_role_to_somebody_new(rows: dict[str, IdentityProvider]) -> None:
    IdentityProvider.objects.update(create_people=True)
    IdentityRule.objects.create(provider=rows["wecom"], claim="department", value="2", role=Role.TEACHER)
    assert is_home(sign_in(rows["wecom"])[1])
    person = User.objects.get()
    assert (person.user_id, person.nickname, person.role) == ("bob", "Bob", "teacher")


def test_wecom_shows_a_code_to_scan_and_asks_nothing_inside_its_app(
    rows: dict[str, IdentityProvider], bob: User
) -> None:
    way, answer = sign_in(rows["wecom"])
    query = {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}
    assert (query["login_type"], query["appid"], query["agentid"]) == (
        "CorpApp",
        stand_in.APP,
        stand_in.ORGANISATION,
    )
    assert is_home(answer)
    way, answer = sign_in(rows["wecom"], **{"user-agent": "Mozilla/5.0 MicroMessenger/7.0 wxwork/4.1"})
    assert urlsplit(way).path == "/connect/oauth2/authorize"
    assert way.endswith("#wechat_redirect")
    assert is_home(answer)


@pytest.mark.parametrize("kind", KINDS)
def test_the_test_says_whether_the_app_is_accepted(
    rows: dict[str, IdentityProvider], diana: User, kind: str
) -> None:
    path = f"/school/providers/{rows[kind].pk}/test/"
    assert page_says(client_for(diana).post(path, follow=True), ACCEPTED)
    rows[kind].client_secret = "wrong"
    rows[kind].save()
    assert page_says(client_for(diana).post(path, follow=True), NOT_ACCEPTED)


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_no_back_channel(rows: dict[str, IdentityProvider], kind: str) -> None:
    assert client_for().post(f"{start_url(rows[kind])}sign-out/", {"logout_token": "x"}).status_code == 404
