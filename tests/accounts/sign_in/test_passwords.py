"""Which passwords are taken, and that they are taken as they were typed."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from tests.support.page_client import client_for


@pytest.mark.parametrize(
    "password",
    [
        *(
            "iclass2026",
            "Console-2026!",
            "teacher1234",
            "Wonderland2026",
            "1400000001abc",
            "互动课堂2026密码",
        ),
        *("short", "password123", "20261125"),
    ],
)
def test_what_anybody_would_try_first_is_refused(alice: User, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, alice)


@pytest.mark.parametrize(
    "password",
    [
        "croquet at half past four",
        "white rabbit school",
        "zqvkwtnb",
        "  spaces around  ",
        "铅笔与山羊与月亮的晚上",
        "x" * 40 + "YZ" * 30,
    ],
)
def test_any_other_is_taken_and_opens_only_as_it_was_typed(alice: User, password: str) -> None:
    validate_password(password, alice)
    alice.set_password(password)
    alice.save(update_fields=["password"])
    for typed, opens in ((password, 302), (password.strip().upper() + "?", 200)):
        answer = client_for().post("/sign-in/", {"username": alice.login, "password": typed})
        assert answer.status_code == opens
