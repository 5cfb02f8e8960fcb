"""A school's own limits of sessions: set within the installation's bounds, and enforced."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Enterprise, Role, User
from accounts.sign_in.session_limits import limits_of
from console.audit.models import AuditEntry
from console.policy.tokens import issue_token
from tests.accounts.sign_in.sign_in_helpers import submit_sign_in
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

SECTION = "/school/sessions/"


@pytest.fixture
def quinn(school: Enterprise) -> User:
    return create_person(school, "quinn", Role.SUPERADMIN)


def limit(school: Enterprise, minutes: int | None, hours: int | None) -> None:
    Enterprise.objects.filter(pk=school.pk).update(session_idle_minutes=minutes, session_hours=hours)


def signed_in(person: User) -> Any:
    client = client_for()
    submit_sign_in(client, person.login)
    return client


def is_in(client: Any) -> bool:
    return client.get("/account/").status_code == 200


def test_a_superadmin_sets_them_on_record(clock: Any, quinn: User, school: Enterprise) -> None:
    client = client_for(quinn)
    answer = client.post(SECTION, {"session_idle_minutes": "10", "session_hours": "4"})
    assert answer["Location"] == "/school/"
    school.refresh_from_db()
    assert (school.session_idle_minutes, school.session_hours) == (10, 4)
    entry = AuditEntry.objects.get(action="school.change")
    assert entry.after == {"session_idle_minutes": 10, "session_hours": 4}
    text = page_text(client.get("/account/"))
    assert "A session ends 4 h after signing in, or after 10 min of inactivity." in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("minutes", "hours", "field"),
    [
        ("4", "", "session_idle_minutes"),
        ("31", "", "session_idle_minutes"),
        ("soon", "", "session_idle_minutes"),
        ("-5", "", "session_idle_minutes"),
        ("", "0", "session_hours"),
        ("", "13", "session_hours"),
        ("", "1e9", "session_hours"),
    ],
)
def test_they_stay_within_the_bounds_of_the_installation(
    quinn: User, school: Enterprise, minutes: str, hours: str, field: str, language: str
) -> None:
    answer = client_for(quinn, language).post(
        SECTION, {"session_idle_minutes": minutes, "session_hours": hours}
    )
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    school.refresh_from_db()
    assert (school.session_idle_minutes, school.session_hours) == (None, None)


def test_inactivity_longer_than_the_whole_session_is_refused(quinn: User, settings: Any) -> None:
    settings.SESSION_IDLE_S = 4 * 3600
    answer = client_for(quinn).post(SECTION, {"session_idle_minutes": "90", "session_hours": "1"})
    assert "or it has no effect" in page_text(answer)


def test_others_do_not_set_them(alice: User, bob: User) -> None:
    assert client_for(alice).post(SECTION, {"session_idle_minutes": "10"}).status_code == 403
    assert client_for(bob).post(SECTION, {"session_idle_minutes": "10"}).status_code == 403


def test_inactivity_ends_a_session_at_the_limit_of_the_school(
    clock: Any, bob: User, school: Enterprise, charlie: User
) -> None:
    limit(school, 10, None)
    bobs, charlies = signed_in(bob), signed_in(charlie)
    clock.shift(timedelta(minutes=9))
    assert is_in(bobs)
    clock.shift(timedelta(minutes=11))
    assert (is_in(bobs), is_in(charlies)) == (False, True)


def test_so_does_the_time_since_signing_in(clock: Any, bob: User, school: Enterprise) -> None:
    limit(school, None, 1)
    client = signed_in(bob)
    for _ in range(3):
        clock.shift(timedelta(minutes=19))
        assert is_in(client)
    clock.shift(timedelta(minutes=4))
    answer = client.get("/lessons/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/?next=/lessons/"
    assert page_says(answer, "however busy you are")


def test_a_limit_that_changes_holds_for_sessions_that_are_open(
    clock: Any, bob: User, school: Enterprise
) -> None:
    client = signed_in(bob)
    clock.shift(timedelta(minutes=15))
    limit(school, 10, None)
    assert not is_in(client)


def test_an_installation_that_became_stricter_wins(
    settings: Any, clock: Any, bob: User, school: Enterprise
) -> None:
    limit(school, 20, 8)
    settings.SESSION_IDLE_S, settings.SESSION_ABSOLUTE_S = 300, 3600
    bob.refresh_from_db()
    assert limits_of(bob) == (300, 3600)


def test_operators_have_the_limits_of_the_installation(clock: Any, olga: User, school: Enterprise) -> None:
    limit(school, 5, 1)
    assert limits_of(olga) == (1800, 43200)


def test_htmx_gets_a_sentence_and_the_way_to_the_sign_in_page(
    clock: Any, bob: User, school: Enterprise
) -> None:
    limit(school, 10, None)
    client = signed_in(bob)
    clock.shift(timedelta(minutes=11))
    current = "https://console.example.edu/lessons/?q=1"
    answer = client.get("/lessons/", headers={"hx-request": "true", "hx-current-url": current})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/?next=/lessons/")
    assert "You were signed out due to inactivity." in answer.content.decode()
    page = client.get("/sign-in/")
    assert page_says(page, "You were signed out due to inactivity. Sign in again.")


@pytest.mark.parametrize(
    "address", ["//evil.example/x", "https://evil.example", "javascript:alert(1)", "%%%"]
)
def test_the_way_never_leads_elsewhere(clock: Any, bob: User, address: str) -> None:
    client = signed_in(bob)
    clock.shift(timedelta(hours=1))
    answer = client.get("/lessons/", headers={"hx-request": "true", "hx-current-url": address})
    assert answer["HX-Redirect"].startswith("/sign-in/?next=")
    assert "evil.example" not in answer["HX-Redirect"]


def test_staying_signed_in_is_a_use(clock: Any, bob: User, school: Enterprise) -> None:
    limit(school, 10, None)
    client = signed_in(bob)
    for _ in range(4):
        clock.shift(timedelta(minutes=9))
        assert client.post("/account/sessions/stay/").status_code == 204
    clock.shift(timedelta(minutes=11))
    assert client.post("/account/sessions/stay/").status_code == 302


def test_a_page_can_ask_whose_session_is_open(clock: Any, bob: User, school: Enterprise) -> None:
    limit(school, 10, None)
    client = signed_in(bob)
    answer = client.get("/account/sessions/stay/")
    assert (answer.json()["person"], len(answer.json()["token"])) == (bob.pk, 64)
    assert "no-store" in answer["Cache-Control"]
    clock.shift(timedelta(minutes=11))
    assert client.get("/account/sessions/stay/").status_code == 302


def test_each_page_knows_when_the_session_ends(clock: Any, bob: User, school: Enterprise) -> None:
    limit(school, 10, 2)
    client = signed_in(bob)
    clock.shift(timedelta(minutes=5))
    text = client.get("/account/").content.decode()
    assert 'data-idle="600" data-left="6900"' in text


def test_rest_tokens_have_their_own_lifetime(clock: Any, bob: User, school: Enterprise) -> None:
    limit(school, 5, 1)
    headers = {"authorization": f"Token {issue_token(bob)}"}
    clock.shift(timedelta(hours=3))
    assert client_for().get("/api/v1/lessons/", headers=headers).status_code == 200


def test_the_limits_cost_no_query(clock: Any, school: Enterprise, django_assert_num_queries: Any) -> None:
    limit(school, 10, 2)
    person = User.objects.select_related("enterprise").get(pk=create_person(school, "sam", Role.TEACHER).pk)
    with django_assert_num_queries(0):
        assert limits_of(person) == (600, 7200)
