"""Adding a person and changing one: the road to the service, and a sentence at the field that is wrong."""

import pytest
from django.test import Client

from accounts.models import Enterprise, User
from console.audit.models import AuditEntry
from console.audit.personal_data import make_unsealer
from console.outbox.models import Operation
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

NEW = "/people/new/"
GOOD = {"user_id": "humpty", "nickname": "Humpty", "role": "student"}
PHONE = "Enter a phone number of 5 to 18 digits. Spaces, brackets, + and - may stand in it, too."


def add(client: Client, **fields: str) -> object:
    return client.post(NEW, GOOD | fields)


def edit(by: User, whom: User, **fields: str) -> object:
    kept = {"nickname": whom.nickname, "role": whom.role, "phone_no": whom.phone_no, "e_mail": whom.e_mail}
    return client_for(by).post(f"/people/{whom.pk}/edit/", kept | fields)


def test_adding_keeps_the_person_owes_the_registering_and_is_on_record(alice: User) -> None:
    answer = add(
        client_for(alice), gender="male", phone_no="+86 138 1234 5678", avatar="https://a.example/x.png"
    )
    humpty = User.objects.get(user_id="humpty")
    assert answer["Location"] == f"/people/{humpty.pk}/"
    assert humpty.enterprise == alice.enterprise
    assert not humpty.has_usable_password()
    assert Operation.objects.get().kind == "user.register"
    assert AuditEntry.objects.get(action="person.add").actor == alice


def test_with_a_password_the_person_may_sign_in(alice: User) -> None:
    add(client_for(alice), role="teacher", password="all-the-kings-horses")
    assert Client().login(username="humpty@1400000001", password="all-the-kings-horses")


WRONG: list[tuple[dict[str, str], str, str]] = [
    (
        {"user_id": "alice"},
        "user_id",
        "This user ID is already used in your school. Choose another one, or edit that person.",
    ),
    (
        {"user_id": "哈姆提"},
        "user_id",
        "Use 1 to 32 letters, digits, dots, hyphens or underscores.",
    ),
    ({"user_id": "a" * 33}, "user_id", "Use 1 to 32 letters, digits, dots, hyphens or underscores."),
    ({"user_id": ""}, "user_id", "Fill in this field."),
    ({"nickname": ""}, "nickname", "Enter the person's name."),
    ({"role": ""}, "role", "Choose an entry of the list."),
    ({"phone_no": "ring me"}, "phone_no", PHONE),
    ({"phone_no": "12-34"}, "phone_no", PHONE),
    ({"phone_no": "+" + "1" * 19}, "phone_no", PHONE),
    ({"e_mail": "egg"}, "e_mail", "Enter an e-mail address such as name@example.com."),
    (
        {"avatar": "http://a.example/x.png"},
        "avatar",
        "Enter an address that starts with https:// and ends in .jpg or .png.",
    ),
    (
        {"avatar": "https://a.example/x.svg"},
        "avatar",
        "Enter an address that starts with https:// and ends in .jpg or .png.",
    ),
    ({"password": "12345678"}, "password", "The password has only digits. Add letters."),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_said_at_its_field(alice: User, language: str) -> None:
    client = client_for(alice, language)
    for fields, field, sentence in WRONG:
        answer = add(client, **fields)
        assert answer.status_code == 200, fields
        assert list(answer.context["form"].errors) == [field], fields
        assert page_says(answer, sentence, language), fields
    assert not User.objects.filter(nickname="Humpty").exists()
    assert not Operation.objects.exists()


def test_the_same_user_id_lives_in_another_school(alice: User, charlie: User) -> None:
    assert add(client_for(alice), user_id="charlie").status_code == 302


@pytest.mark.parametrize("role", ["superadmin", "visitor", "operator"])
def test_a_role_that_the_school_cannot_give_is_refused(alice: User, role: str) -> None:
    assert list(add(client_for(alice), role=role).context["form"].errors) == ["role"]


def test_changing_owes_the_change_and_shows_it_in_the_trail(alice: User, dina: User) -> None:
    assert edit(alice, dina, nickname="Dinah").status_code == 302
    assert Operation.objects.get().kind == "user.modify"
    entry = AuditEntry.objects.get(action="person.change")
    opened = make_unsealer([entry.before, entry.after])
    assert (opened(entry.before), opened(entry.after)) == ({"nickname": "Dina"}, {"nickname": "Dinah"})


def test_saving_without_a_change_owes_nothing(alice: User, dina: User) -> None:
    edit(alice, dina)
    assert not Operation.objects.exists()


def test_user_id_and_school_cannot_be_changed_by_posting_them(
    alice: User, dina: User, other_school: Enterprise
) -> None:
    more = {
        "user_id": "x",
        "enterprise": other_school.pk,
        "is_superuser": "on",
        "login": "x",
        "remote_id": "9",
    }
    edit(alice, dina, nickname="Dinah", **more)
    fresh = User.objects.get(pk=dina.pk)
    assert (fresh.user_id, fresh.enterprise, fresh.remote_id) == ("dina", dina.enterprise, "dina")
    assert (fresh.login, fresh.is_superuser) == ("dina@1400000001", False)


def test_an_odd_number_that_came_from_iclass_does_not_lock_the_form(alice: User, dina: User) -> None:
    User.objects.filter(pk=dina.pk).update(phone_no="ext. 7")
    dina.refresh_from_db()
    assert edit(alice, dina, nickname="Dinah").status_code == 302


def test_a_password_is_set_taken_away_but_not_both(alice: User, dina: User) -> None:
    edit(alice, dina, password="all-the-kings-horses")
    assert User.objects.get(pk=dina.pk).check_password("all-the-kings-horses")
    both = edit(alice, dina, password="and-all-the-kings-men", no_sign_in="on")
    assert list(both.context["form"].errors) == ["no_sign_in"]
    edit(alice, dina, no_sign_in="on")
    assert not User.objects.get(pk=dina.pk).has_usable_password()


def test_ones_own_new_password_leaves_one_signed_in(alice: User) -> None:
    client = client_for(alice)
    fields = {"nickname": "Alice", "role": "admin", "password": "all-the-kings-horses"}
    assert client.post(f"/people/{alice.pk}/edit/", fields).status_code == 302
    assert client.get("/people/").status_code == 200


def test_opening_the_form_shows_the_contacts_and_is_on_record(alice: User, dina: User) -> None:
    assert "13812345678" in page_text(client_for(alice).get(f"/people/{dina.pk}/edit/"))
    entry = AuditEntry.objects.get(action="person.reveal")
    assert (entry.object_id, entry.after["fields"]) == (str(dina.pk), ["e_mail", "phone_no"])


def test_an_administrator_cannot_lift_themselves_up_by_the_superadmin(alice: User, quinn: User) -> None:
    for path in ("edit", "deactivate", "card", "token"):
        answer = client_for(alice).post(f"/people/{quinn.pk}/{path}/", {"password": "x", "reason": "why not"})
        assert answer.status_code == 403, path
    assert User.objects.get(pk=quinn.pk).is_active


def test_a_superadmin_changes_themselves_and_keeps_the_role(quinn: User) -> None:
    assert edit(quinn, quinn, nickname="Queen", role="student").status_code == 302
    fresh = User.objects.get(pk=quinn.pk)
    assert (fresh.nickname, fresh.role) == ("Queen", "superadmin")


def test_nobody_else_adds_or_changes_people(bob: User, dina: User, sue: User, charlie: User) -> None:
    for one in (bob, sue):
        assert add(client_for(one)).status_code == 403
        assert edit(one, dina).status_code == 403
    assert edit(charlie, dina).status_code == 404


@pytest.mark.parametrize(("language", "sentence"), [("en", "Use at least 8 characters."), ("zh-hans", "8")])
def test_a_short_password_is_told_how_long_it_must_be(alice: User, language: str, sentence: str) -> None:
    answer = add(client_for(alice, language), password="ab3$x")
    assert sentence in " ".join(answer.context["form"].errors["password"])
