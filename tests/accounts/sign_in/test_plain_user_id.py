"""A user ID without a school: where it is enough, what is missing elsewhere, and what strangers learn."""

import re
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Enterprise, Role, User
from accounts.people.services import deactivate_person
from accounts.sign_in import forgotten_passwords
from tests.accounts.sign_in.sign_in_helpers import PASSWORD, audit_values, submit_sign_in
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

REFUSAL = "The login or password is incorrect."
MISSING = (
    "If you entered your user ID alone, add an @ and your school's number (SDKAppID), for example: "
    "alice@1400000001"
)


@pytest.fixture
def operator(olga: User) -> User:
    olga.set_password("queen-of-hearts")
    olga.save(update_fields=["password"])
    return olga


def namesake(school: Enterprise, user_id: str) -> User:
    """Somebody else who has the same user ID in another school, and the same password."""
    person = create_person(school, user_id, Role.TEACHER)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def answer(login: str, password: str = "wrong", language: str = "en") -> tuple[int, str]:
    """The status and the form of a failed sign-in, without what was typed."""
    response = submit_sign_in(client_for(language=language), login, password)
    form = page_text(response).partition("<main")[2]
    form = re.sub(r'csrfmiddlewaretoken" value="\w+', "", form)
    return response.status_code, form.replace(f'value="{login}"', "")


def test_a_user_id_is_enough_where_one_school_has_it(alice: User, charlie: User) -> None:
    client = client_for()
    assert submit_sign_in(client, "alice")["Location"] == "/"
    assert client.get("/people/").status_code == 200
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_user_id_that_begins_alike_is_another_one(alice: User, school: Enterprise) -> None:
    namesake(school, "alice.b")
    assert submit_sign_in(client_for(), "alice").status_code == 302
    for typed in ("alic", "alice.", "al_ce", "ali%", "alice@", "alice@14"):
        assert submit_sign_in(client_for(), typed).status_code == 200


def test_where_two_schools_have_it_the_school_decides(alice: User, other_school: Enterprise) -> None:
    other = namesake(other_school, "alice")
    assert REFUSAL in page_text(submit_sign_in(client_for(), "alice"))
    for person in (alice, other):
        client = client_for()
        assert submit_sign_in(client, person.login).status_code == 302
        client.post("/sign-out/")
        assert submit_sign_in(client, "alice").status_code == 302, "the browser remembers the school"
        assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_of_a_user_id_alone_gets_the_same_answer(
    alice: User, bob: User, dina: User, operator: User, other_school: Enterprise, language: str
) -> None:
    namesake(other_school, "bob")
    tweedle = namesake(other_school, "tweedle")
    deactivate_person(person=tweedle, by=None)
    answers = {
        answer("nobody", language=language),
        answer("alice", language=language),
        answer("bob", PASSWORD, language),
        answer("dina", language=language),
        answer("olga", language=language),
        answer("tweedle", PASSWORD, language),
    }
    assert len(answers) == 1
    response = submit_sign_in(client_for(language=language), "nobody", "wrong")
    assert page_says(response, MISSING, language)
    assert response.context["form"].errors["username"]


def test_nothing_is_missing_from_a_whole_login_nor_where_the_school_is_known(alice: User) -> None:
    client = client_for()
    assert MISSING not in page_text(submit_sign_in(client, alice.login, "wrong"))
    submit_sign_in(client, alice.login)
    client.post("/sign-out/")
    assert MISSING not in page_text(submit_sign_in(client, "alice", "wrong"))


def test_the_name_of_an_operator_is_that_of_the_operator(operator: User, school: Enterprise) -> None:
    person = namesake(school, operator.login)
    assert submit_sign_in(client_for(), "olga", "queen-of-hearts")["Location"] == "/schools/"
    assert submit_sign_in(client_for(), "olga").status_code == 200
    assert submit_sign_in(client_for(), person.login).status_code == 302


def test_guesses_count_for_the_account_however_its_login_is_typed(clock: Any, alice: User) -> None:
    for typed in ("alice", alice.login, "alice", alice.login, "alice"):
        assert answer(typed)[0] == 200
    assert submit_sign_in(client_for(), "alice").status_code == 200
    assert REFUSAL in page_text(submit_sign_in(client_for(), alice.login))
    assert [row[1]["locked"] for row in audit_values("after") if row[0] == "person.locked"] == ["login"]
    clock.shift(timedelta(minutes=15, seconds=1))
    assert submit_sign_in(client_for(), "alice").status_code == 302


def test_no_lock_tells_whether_a_user_id_exists(clock: Any, alice: User, school: Enterprise) -> None:
    """Four guesses at the user ID, then five at the whole login: as where nobody has them."""
    seen = []
    for name in ("alice", "nobody"):
        whole = f"{name}@{school.sdkappid}"
        seen.append([answer(typed)[0] for typed in (*[name] * 4, *[whole] * 6, *[name] * 2)])
    assert seen == [[200] * 8 + [429] * 2 + [429] * 2] * 2


def test_a_lock_of_the_whole_login_is_not_shown_for_the_user_id(clock: Any, alice: User) -> None:
    for _ in range(5):
        answer(alice.login)
    assert submit_sign_in(client_for(), alice.login).status_code == 429
    assert answer("alice", PASSWORD) == answer("nobody")


def test_an_administrator_unlocks_what_was_guessed_by_the_user_id(clock: Any, alice: User, bob: User) -> None:
    for _ in range(5):
        answer("bob")
    page = client_for(alice)
    assert page_says(page.get(f"/people/{bob.pk}/"), "Unlock sign-in")
    page.post(f"/people/{bob.pk}/unlock/")
    assert submit_sign_in(client_for(), bob.login).status_code == 302


def test_a_person_does_not_reset_the_guesses_at_the_name(
    settings: Any, alice: User, operator: User, school: Enterprise
) -> None:
    settings.SIGN_IN_ACCOUNT_ATTEMPTS = 3
    assert [answer("alice")[0] for _ in range(2)] == [200, 200]
    assert submit_sign_in(client_for(), "alice").status_code == 302
    assert answer("alice")[0] == 429


def test_a_forgotten_password_is_found_by_the_user_id(
    alice: User, bob: User, dina: User, olga: User, other_school: Enterprise
) -> None:
    namesake(other_school, "bob")
    for typed in ("dina", "bob", "olga", "nobody"):
        client_for().post("/password/forgotten/", {"login": typed})
    forgotten_passwords.answer_requests()
    assert [one.person for one in forgotten_passwords.requests_to_answer(alice)] == [dina]
