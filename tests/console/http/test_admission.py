"""Whose body is read: addresses that take forms from anonymous people are all named."""

import pytest

from console.http import admission
from tests.security.addresses import AREAS

#: Callbacks are admitted by their address; the others read no body.
WITHOUT_A_FORM = {
    *("callbacks:receive", "healthz", "readyz", "metrics", "schema"),
    *("accounts:picture", "accounts:logo", "accounts:sign_out", "documents:shared"),
    *("accounts:guardian_sign_out", "accounts:provider_saml_finish", "accounts:provider_saml_metadata"),
    *("accounts:password_link", "accounts:provider_sign_in", "accounts:provider_callback", "classes:feed"),
}


def test_every_form_for_anonymous_people_is_named() -> None:
    open_to_all = {
        one.name
        for one in AREAS["pages"]
        if "POST" in one.answers and (expected := one.expected("POST")) and expected.who == "everybody"
    }
    assert open_to_all - WITHOUT_A_FORM - admission.ANONYMOUS_POST_VIEWS == set()


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/s/wonderland/", "/password/forgotten/", "/sign-in/with/abc/sign-out/"]
)
def test_an_anonymous_form_is_read(path: str) -> None:
    assert admission.accepts_anonymous_body({"PATH_INFO": path})


def test_no_other_form_of_an_anonymous_person_is_read() -> None:
    assert not admission.accepts_anonymous_body({"PATH_INFO": "/people/new/"})


def test_sign_in_pages_share_their_threads() -> None:
    for path in ("/sign-in/", "/s/wonderland/"):
        assert admission.limits_for({"PATH_INFO": path}).threads is admission.SIGN_IN_THREADS
    assert admission.limits_for({"PATH_INFO": "/schools/"}).threads is admission.PAGE_THREADS
