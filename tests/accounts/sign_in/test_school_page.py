"""The sign-in page of a school: its address, a user ID that is enough, and what strangers learn."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Enterprise, Role, SignInThrottle, User
from accounts.people.services import deactivate_person
from accounts.school.services import edit_school
from accounts.sign_in import forgotten_passwords
from accounts.sign_in.attempt_limits import login_limit
from console.audit.models import AuditEntry
from tests.accounts.sign_in.sign_in_helpers import PASSWORD
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.usefixtures("english")
PAGE = "/s/wonderland/"
UNKNOWN = "No school has this address."
REFUSAL = "The login or password is incorrect."


@pytest.fixture(autouse=True)
def page(school: Enterprise, root: User) -> Enterprise:
    return edit_school(school=school, by=root, sign_in_name="wonderland")


@pytest.fixture
def root(alice: User) -> User:
    """Alice as a superadmin, who may change the school."""
    User.objects.filter(pk=alice.pk).update(role="superadmin")
    alice.refresh_from_db()
    return alice


@pytest.fixture
def dina(dina: User) -> User:
    dina.set_password(PASSWORD)
    dina.save(update_fields=["password"])
    return dina


def knock(login: str, password: str = PASSWORD, page: str = PAGE, client: Any = None, **more: Any) -> Any:
    return (client or client_for()).post(page, {"username": login, "password": password}, **more)


def test_a_user_id_is_enough_on_the_page_of_the_school(dina: User, school: Enterprise) -> None:
    assert school.name in page_text(client_for().get(PAGE))
    for login in ("dina", dina.login):
        assert knock(login)["Location"] == "/"


def test_the_school_is_remembered_from_its_page_and_from_a_sign_in(dina: User) -> None:
    visited = client_for()
    visited.get(PAGE)
    assert knock("dina", page="/sign-in/", client=visited)["Location"] == "/"


def test_a_remembered_school_does_not_keep_operators_out(olga: User) -> None:
    olga.set_password(PASSWORD)
    olga.save(update_fields=["password"])
    visited = client_for()
    visited.get(PAGE)
    assert knock(olga.login, page="/sign-in/", client=visited).status_code == 302


def test_people_of_another_school_sign_in_there_with_their_full_login(charlie: User) -> None:
    charlie.set_password(PASSWORD)
    charlie.save(update_fields=["password"])
    assert REFUSAL in page_text(knock("charlie"))
    assert knock(charlie.login).status_code == 302


def test_unknown_people_hear_the_same_as_wrong_passwords(alice: User, bob: User, dina: User) -> None:
    deactivate_person(person=bob, by=None)
    answers = {page_text(knock(login, "wrong")).count(REFUSAL) for login in ("dina", "nobody", "bob")}
    assert answers == {1}


def test_an_unknown_name_gets_the_page_of_all_schools_with_a_sentence(school: Enterprise) -> None:
    answer = client_for().get("/s/nowhere/")
    assert answer.status_code == 404
    assert UNKNOWN in page_text(answer)
    assert school.name not in page_text(answer)
    assert 'action="/sign-in/"' in answer.content.decode()


def test_nobody_can_try_out_a_list_of_names(settings: Any) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    client = client_for()
    assert [client.get(f"/s/school-{n}/").status_code for n in range(4)] == [404, 404, 404, 429]
    assert client.get(PAGE).status_code == 429
    assert client.get("/sign-in/").status_code == 200


def test_visits_of_a_known_page_are_no_tries(settings: Any) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    assert [client_for().get(PAGE).status_code for _ in range(5)] == [200] * 5


def test_it_leads_to_no_other_site(dina: User) -> None:
    assert knock("dina", page=f"{PAGE}?next=https://evil.example/")["Location"] == "/"


def test_a_forgotten_password_needs_the_user_id_alone(dina: User, root: User) -> None:
    visited = client_for()
    visited.get(PAGE)
    visited.post("/password/forgotten/", {"login": "dina"})
    forgotten_passwords.answer_requests()
    assert [one.person for one in forgotten_passwords.requests_to_answer(root)] == [dina]


@pytest.mark.parametrize(
    "name", ["ab", "-abc", "abc-", "a--b", "a b c", "ABC", "é" * 4, "admin", "sign-in", "a" * 41, "abc/"]
)
def test_a_name_that_is_no_address_is_refused(school: Enterprise, name: str) -> None:
    with pytest.raises(ValidationError):
        edit_school(school=school, by=None, sign_in_name=name)


def test_the_settings_page_sets_shows_and_removes_it_on_record(school: Enterprise, root: User) -> None:
    client = client_for(root)
    assert client.post("/school/sign-in/", {"sign_in_name": "Rabbit-Hole"}).status_code == 302
    school.refresh_from_db()
    assert school.sign_in_name == "rabbit-hole"
    entry = AuditEntry.objects.filter(action="school.change").latest("id")
    assert entry.after == {"sign_in_name": "rabbit-hole"}
    assert "/s/rabbit-hole/" in page_text(client.get("/school/"))
    client.post("/school/sign-in/", {"sign_in_name": ""})
    school.refresh_from_db()
    assert school.sign_in_name is None


def test_a_name_of_another_school_is_refused_at_the_field(
    school: Enterprise, other_school: Enterprise, root: User
) -> None:
    edit_school(school=other_school, by=None, sign_in_name="looking-glass")
    answer = client_for(root).post("/school/sign-in/", {"sign_in_name": "looking-glass"})
    assert answer.status_code == 200
    assert page_says(answer, "This name is already used. Choose another one.")
    school.refresh_from_db()
    assert school.sign_in_name == "wonderland"


def lock(name: str, page: str) -> list[int]:
    """The statuses of wrong passwords until the login is locked, and of one more."""
    return [knock(name, "wrong", page=page).status_code for _ in range(4)]


@pytest.mark.parametrize("first", ["/sign-in/", PAGE])
def test_no_lock_tells_which_names_are_those_of_operators(
    settings: Any, dina: User, olga: User, first: str
) -> None:
    settings.SIGN_IN_ACCOUNT_ATTEMPTS, settings.SIGN_IN_ADDRESS_ATTEMPTS = 3, 1000
    names = ("dina", "olga", "nobody")
    assert {tuple(lock(name, first)) for name in names} == {(200, 200, 429, 429)}
    second = PAGE if first == "/sign-in/" else "/sign-in/"
    assert len({tuple(lock(name, second)) for name in names}) == 1
    counters = [len(SignInThrottle.objects.filter(key=login_limit(name).key)) for name in names]
    assert counters == [1, 1, 1]


def test_a_lock_of_an_operator_holds_on_the_page_of_a_school(settings: Any, olga: User) -> None:
    settings.SIGN_IN_ACCOUNT_ATTEMPTS, settings.SIGN_IN_ADDRESS_ATTEMPTS = 3, 1000
    olga.set_password(PASSWORD)
    olga.save(update_fields=["password"])
    lock("olga", "/sign-in/")
    assert REFUSAL in page_text(knock("olga"))


def test_guesses_at_an_operator_are_counted_together_on_all_pages(
    settings: Any, olga: User, other_school: Enterprise
) -> None:
    settings.SIGN_IN_ACCOUNT_ATTEMPTS, settings.SIGN_IN_ADDRESS_ATTEMPTS = 4, 1000
    Enterprise.objects.filter(pk=other_school.pk).update(sign_in_name="mirror")
    olga.set_password(PASSWORD)
    olga.save(update_fields=["password"])
    for page in (PAGE, PAGE, "/s/mirror/", "/s/mirror/"):
        knock("olga", "wrong", page=page)
    assert REFUSAL in page_text(knock("olga", page="/sign-in/"))


def test_somebody_of_the_same_name_does_not_reset_the_lock_of_an_operator(
    settings: Any, school: Enterprise, olga: User
) -> None:
    settings.SIGN_IN_ACCOUNT_ATTEMPTS, settings.SIGN_IN_ADDRESS_ATTEMPTS = 4, 1000
    twin = create_person(school, "olga", Role.STUDENT)
    twin.set_password(PASSWORD)
    twin.save(update_fields=["password"])
    for _ in range(3):
        knock("olga", "wrong", page="/sign-in/")
    assert knock("olga")["Location"] == "/", "on the page of the school the name is that of its own people"
    assert knock("olga", "wrong", page="/sign-in/").status_code == 429


def test_a_forgotten_password_looks_for_no_operator(settings: Any, olga: User) -> None:
    settings.SIGN_IN_ACCOUNT_ATTEMPTS = 2
    client = client_for()
    client.get(PAGE)
    for _ in range(2):
        client_for().post("/password/forgotten/", {"login": "olga"})
    assert client.post("/password/forgotten/", {"login": "olga"}).status_code == 302
