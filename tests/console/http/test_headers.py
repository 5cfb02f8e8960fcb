"""What answers tell the browser: who may embed and keep them, and what a page may do."""

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from console.http.headers import PERMISSIONS_POLICY
from tests.support.environment import ROOT
from tests.support.page_client import client_for

ALONE = {
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def asked(client: Client, path: str) -> HttpResponse:
    """The answer, read to its end, so that its file is closed."""
    answer = client.get(path)
    if answer.streaming:
        list(answer.streaming_content)
    answer.close()
    return answer


@pytest.mark.parametrize(
    "path", ["/", "/admin/", "/api/v1/lessons/", "/no-such-page/", "/static/css/app.css"]
)
def test_every_kind_of_answer_stands_alone(alice: User, path: str) -> None:
    answer = asked(client_for(alice), path)
    assert {name: answer.headers.get(name) for name in ALONE} == ALONE
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "unsafe" not in " ".join(policy)


@pytest.mark.parametrize("path", ["/", "/people/", "/admin/accounts/user/", "/api/v1/users/"])
def test_what_was_shown_is_kept_nowhere(alice: User, path: str) -> None:
    assert "no-store" in client_for(alice).get(path).headers["Cache-Control"]


def test_style_and_script_may_be_kept_and_are_nobody_elses(client: Client, db: None) -> None:
    answer = asked(client, "/static/css/app.css")
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_signing_out_empties_what_the_browser_kept(alice: User) -> None:
    assert client_for(alice).post("/sign-out/").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_page_that_shows_a_picture_from_elsewhere_fetches_it_without_cookies(
    alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(avatar="https://pictures.example/bob.png")
    answer = client_for(alice).get(f"/people/{bob.pk}/")
    assert "img-src 'self' data: https://pictures.example" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "credentialless"


def test_no_script_keeps_anything_in_the_browser_but_the_choice_of_colours() -> None:
    scripts = {path.name: path.read_text() for path in (ROOT / "static/js").glob("*.js")}
    keeping = ("localStorage", "sessionStorage", "indexedDB", "caches.")
    assert [name for name, text in scripts.items() if any(one in text for one in keeping)] == []
    assert [name for name, text in scripts.items() if "document.cookie" in text] == ["theme.js"]
