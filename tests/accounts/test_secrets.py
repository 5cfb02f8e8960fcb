"""No page shows what opens a door: canaries in every secret column, every page of this part read."""

import pytest

from accounts.models import Enterprise, User
from console.inbox.models import Callback
from console.outbox.models import Operation
from tests.support.page_client import client_for, page_text

CANARIES = {
    "tic_key": "canary-tic-key-0123456789abcdef",
    "tic_key_previous": "canary-previous-key-0123456789abcdef",
    "private_key": "canary-private-key-0123456789abcdef",
    "secret_key": "canary-secret-key-0123456789abcdef",
}
TOKEN = "canary-user-token-0123456789abcdef"
PASSWORD = "canary-password-0123456789"


@pytest.fixture
def pages_with_canaries(school: Enterprise, quinn: User, dina: User) -> list[str]:
    """The addresses of all pages, with a canary wherever a secret may lie."""
    for name, value in CANARIES.items():
        setattr(school, name, value)
    school.save(update_fields=list(CANARIES))
    dina.user_token = TOKEN
    dina.set_password(PASSWORD)
    dina.save_mirrored(["user_token", "password"])
    callback = Callback.objects.create(
        enterprise=school,
        fingerprint="f" * 64,
        event="online_record_stop",
        body={"data": {"user_token": TOKEN, "url": f"https://a.example/x?sign={TOKEN}"}},
    )
    operation = Operation.objects.create(
        enterprise=school,
        kind="user.modify",
        subject_type="accounts.user",
        subject_id=dina.pk,
        subject_label="Dina",
        lane="x",
        args={"user_token": TOKEN},
    )
    person = f"/people/{dina.pk}/"
    return [
        "/people/",
        "/people/new/",
        person,
        *(f"{person}{act}/" for act in ("edit", "card", "contacts", "token", "deactivate", "pull", "push")),
        "/groups/",
        "/groups/new/",
        "/school/",
        *(f"/school/{section}/" for section in ("general", "keys", "rules")),
        "/sync/sent/",
        f"/sync/sent/{operation.pk}/",
        "/sync/received/",
        f"/sync/received/{callback.pk}/",
    ]


def test_no_page_shows_a_secret(quinn: User, dina: User, pages_with_canaries: list[str]) -> None:
    client = client_for(quinn)
    for address in pages_with_canaries:
        answer = client.get(address)
        assert answer.status_code == 200, address
        shown = page_text(answer)
        assert "canary" not in shown, address
        assert dina.password not in shown, address


def test_a_form_that_comes_back_with_errors_shows_no_secret_that_was_typed(quinn: User, dina: User) -> None:
    client = client_for(quinn)
    answer = client.post(
        f"/people/{dina.pk}/edit/", {"nickname": "", "role": "student", "password": PASSWORD}
    )
    assert answer.status_code == 200
    assert PASSWORD not in page_text(answer)


def test_the_control_is_found_where_it_is_asked_for(
    quinn: User, dina: User, pages_with_canaries: list[str]
) -> None:
    card = client_for(quinn).post(f"/people/{dina.pk}/card/", {"reason": "control"})
    assert TOKEN in page_text(card)
