"""One's own notification settings in REST: those of the person of the token, with the rules of the page."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Enterprise, User
from console.notifications.models import MessagingApp, NotificationPreference, QuietHours
from console.notifications.preferences import preferences_of, save_preferences
from console.policy.tokens import issue_token
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
PATH = "/api/v1/notification-settings/"


@pytest.fixture
def client(alice: User) -> APIClient:
    return rest_client(alice)


@pytest.fixture
def app(school: Enterprise) -> MessagingApp:
    values = {"app_id": "app", "agent_id": "1000002", "secret": "secret", "topics": ["trouble"]}
    return MessagingApp.objects.create(enterprise=school, provider="wecom", **values)


def test_the_settings_are_those_of_the_page(client: APIClient, alice: User, app: MessagingApp) -> None:
    answer = client.get(PATH, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert list(answer.json()["topics"]) == [one.topic.name for one in preferences_of(alice)]
    assert answer.json()["topics"]["trouble"]["apps"] == answer.json()["offered_apps"] == ["wecom"]
    assert answer.json()["topics"]["lessons"]["mail"] == "now"
    assert answer.json()["topics"]["licence"]["fixed"].startswith("Always sent")
    assert (answer.json()["quiet_from"], answer.json()["quiet_until"]) == (None, None)


def test_what_is_named_changes_and_the_rest_stays(client: APIClient, alice: User, app: MessagingApp) -> None:
    before = client.get(PATH).json()["topics"]
    choice = {"topics": {"lessons": {"mail": "daily", "apps": ["wecom"]}}, "quiet_from": "21:00"}
    answer = client.patch(PATH, choice | {"quiet_until": "06:30"}, format="json")
    assert answer.status_code == 200
    lessons = before["lessons"] | {"mail": "daily", "apps": ["wecom"]}
    assert answer.json()["topics"] == before | {"lessons": lessons}
    assert (answer.json()["quiet_from"], answer.json()["quiet_until"]) == ("21:00:00", "06:30:00")
    saved = NotificationPreference.objects.get()
    assert (saved.person, saved.topic, saved.mail, saved.wecom) == (alice, "lessons", "daily", True)
    client.patch(PATH, {"quiet_from": None, "quiet_until": None}, format="json")
    assert not QuietHours.objects.exists()


def test_an_answer_can_be_sent_back_as_it_is(client: APIClient, app: MessagingApp) -> None:
    answer = client.get(PATH)
    again = client.patch(PATH, answer.json(), headers={"If-Match": answer["ETag"]}, format="json")
    assert (again.status_code, again.json(), again["ETag"]) == (200, answer.json(), answer["ETag"])
    assert not NotificationPreference.objects.exists()


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"topics": {"nonsense": {"mail": "now"}}}, "topics"),
        ({"topics": {"lessons": {"mail": "hourly"}}}, "topics"),
        ({"topics": {"lessons": {"apps": ["feishu"]}}}, "topics"),
        ({"topics": {"lessons": "now"}}, "topics"),
        ({"topics": {"licence": {"mail": "never"}}}, "topics"),
        ({"topics": None}, "topics"),
        ({"quiet_from": "21:00"}, "quiet_until"),
        ({"quiet_from": "21:00", "quiet_until": "21:00"}, "quiet_until"),
        ({"quiet_from": "late", "quiet_until": "06:00"}, "quiet_from"),
    ],
)
def test_a_wrong_value_is_a_problem_at_its_field(
    client: APIClient, app: MessagingApp, choice: object, field: str
) -> None:
    answer = client.patch(PATH, choice, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [field]
    assert not NotificationPreference.objects.exists()
    assert not QuietHours.objects.exists()


def test_an_outdated_state_is_refused_with_what_changed(client: APIClient, alice: User) -> None:
    tag = client.get(PATH)["ETag"]
    save_preferences(alice, {"mail-lessons": "weekly"}, console=False)
    answer = client.patch(PATH, {"quiet_from": "21:00"}, headers={"If-Match": tag}, format="json")
    assert answer.status_code == 412
    assert list(answer.json()["changed"]) == ["topics"]
    assert list(answer.json()["changed"]["topics"]) == ["lessons"]
    assert answer.json()["changed"]["topics"]["lessons"]["mail"] == "weekly"
    assert not QuietHours.objects.exists()


def test_everybody_has_their_own(client: APIClient, alice: User, bob: User, charlie: User) -> None:
    client.patch(PATH, {"topics": {"lessons": {"mail": "never"}}}, format="json")
    for other in (bob, charlie):
        assert rest_client(other).get(PATH).json()["topics"]["lessons"]["mail"] == "now"
    wrong = rest_client(bob).patch(PATH, {"topics": {"licence": {"mail": "now"}}}, format="json")
    assert wrong.status_code == 400, "a topic of administrators"
    assert APIClient().get(PATH).status_code == 401


@pytest.mark.parametrize(
    ("scope", "read", "written"),
    [("notifications:read", 200, 403), ("notifications:write", 200, 200), ("channels:write", 403, 403)],
)
def test_a_token_needs_the_scope(alice: User, scope: str, read: int, written: int) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(alice, scopes=[scope])}")
    assert client.get(PATH).status_code == read
    assert client.patch(PATH, {"quiet_from": None}, format="json").status_code == written
