"""Proof, just before a dangerous act, that the person at the machine is still the one who signed in.

    class SchoolKeys(SchoolPage, FreshProof, UpdateView): ...     a page whose every request wants it
    @fresh_proof_required                                         a view that is a function

A password or a code is asked for unless one was given in the last PROOF_S seconds, signing in included.
Nothing typed is lost: what a form sent meanwhile is kept sealed in the session and goes on after the proof.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.generic.base import View

from accounts.forms.security import PROOF, ProofForm
from accounts.sign_in import factors, sessions
from console.vault import ring
from console.vault.errors import VaultError

KEPT = "kept_form"
#: More than a form of settings holds, less than a session should.
KEPT_AT_MOST = 64 * 1024


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person of this session gave a password or a code just now."""
    return timezone.now() - sessions.proved_at(request) <= timedelta(seconds=settings.PROOF_S)


class FreshProof(View):
    """Mix-in for pages. Put it behind the base that asks who signed in; `needs_proof` may narrow it."""

    def needs_proof(self) -> bool:
        return True

    def back_after_proof(self) -> str:
        """Where it goes on where no form was waiting; a button that has no page says otherwise."""
        return self.request.get_full_path()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        known = (request.method or "").lower() in self.http_method_names
        page = ask(request, self.back_after_proof()) if known and self.needs_proof() else None
        return page or super().dispatch(request, *args, **kwargs)


def fresh_proof_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The same for a function; who is not signed in is left to the view."""

    @wraps(view)
    def proved(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = ask(request, request.get_full_path()) if request.user.is_authenticated else None
        return page or view(request, *args, **kwargs)

    return proved


def ask(request: HttpRequest, back: str) -> HttpResponseBase | None:
    """The page that asks for proof; None where there is one, with the form's own data in `request.POST`.

    `back` is where it goes on after a proof for which no form waits.
    """
    if PROOF in request.POST:
        return _answered(request, back)
    if is_fresh(request):
        return None
    if request.method == "POST":
        _keep(request)
    else:
        request.session.pop(KEPT, None)
    return _page(request, ProofForm(request))


def _answered(request: HttpRequest, back: str) -> HttpResponseBase | None:
    form = ProofForm(request, request.POST)
    if not form.is_valid():
        return _page(request, form)
    sessions.prove(request)
    kept = _kept(request)
    if kept is None:
        return HttpResponseRedirect(back)
    request.POST = kept  # type: ignore[assignment]
    return None


def _page(request: HttpRequest, form: ProofForm) -> HttpResponse:
    person: Any = request.user
    context = {
        "title": _("Is it you?"),
        "form": form,
        "can_prove": person.has_usable_password() or factors.is_on(person),
        "kept": KEPT in request.session,
    }
    response = render(request, "accounts/prove.html", context)
    add_never_cache_headers(response)
    return response


def _keep(request: HttpRequest) -> None:
    """Keep what was sent, sealed and bound to this person and page: it may hold a new key of the school."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    text = data.urlencode().encode()
    if len(text) <= KEPT_AT_MOST:
        request.session[KEPT] = ring.seal_bytes(text, _bound_to(request)).decode()


def _kept(request: HttpRequest) -> QueryDict | None:
    """What was sent to this page before proof was asked for; None where nothing was."""
    sealed = request.session.pop(KEPT, "")
    try:
        return QueryDict(ring.open_bytes(sealed.encode(), _bound_to(request))) if sealed else None
    except VaultError:
        return None


def _bound_to(request: HttpRequest) -> str:
    return f"form {request.user.pk} {request.get_full_path()}"
