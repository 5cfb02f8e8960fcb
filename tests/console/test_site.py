import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.urls("tests.console.policy.urls")


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_strangers_sign_in_on_the_page_of_everybody(db: None) -> None:
    response = Client().get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/sign-in/?next=")


def test_a_teacher_is_told_whose_tables_these_are(bob: User) -> None:
    response = of(bob).get("/admin/", follow=True)
    assert response.status_code == 403


def test_whoever_may_come_in_goes_on(alice: User) -> None:
    response = of(alice).get("/admin/login/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")
