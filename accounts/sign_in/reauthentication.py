"""Reauthentication before a sensitive action.

    class SchoolKeys(SchoolView, ReauthenticationMixin, UpdateView): ...    # a class-based view
    @reauthentication_required                                              # a function-based view

The user is asked for a password, a code or a passkey unless one was given in the last REAUTHENTICATION_S
seconds, including at sign-in. A submitted form is sealed in the session meanwhile and processed after the
reauthentication.
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

from accounts.sign_in import second_factor, sessions
from accounts.sign_in.forms.security import PROOF_FIELD, ReauthenticationForm
from accounts.sign_in.passkeys import relying_party
from console.vault import keyring
from console.vault.keyring import VaultError

STORED_FORM_KEY = "kept_form"
#: More than a settings form needs, little enough for a session.
MAX_STORED_FORM_BYTES = 64 * 1024


def is_recently_authenticated(request: HttpRequest) -> bool:
    """Return whether a password or code was given in the last REAUTHENTICATION_S seconds."""
    return timezone.now() - sessions.last_authenticated_at(request) <= timedelta(
        seconds=settings.REAUTHENTICATION_S
    )


class ReauthenticationMixin(View):
    """Mixin for views. Put it after the base class that requires sign-in.

    Override `needs_reauthentication` to limit it to some requests.
    """

    def needs_reauthentication(self) -> bool:
        return True

    def url_after_reauthentication(self) -> str:
        """Return the URL to redirect to if no form is stored. Override it in views without a GET page."""
        return self.request.get_full_path()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        known = (request.method or "").lower() in self.http_method_names
        page = (
            request_reauthentication(request, self.url_after_reauthentication())
            if known and self.needs_reauthentication()
            else None
        )
        return page or super().dispatch(request, *args, **kwargs)


def reauthentication_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorator for function-based views. Anonymous requests are passed to the view."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = (
            request_reauthentication(request, request.get_full_path())
            if request.user.is_authenticated
            else None
        )
        return page or view(request, *args, **kwargs)

    return wrapper


def request_reauthentication(request: HttpRequest, back: str) -> HttpResponseBase | None:
    """Return the reauthentication page, or None if the view may run, with a stored form in `request.POST`.

    `back` is the URL to redirect to if no form is stored.
    """
    if PROOF_FIELD in request.POST:
        return _handle_answer(request, back)
    if is_recently_authenticated(request):
        return None
    if request.method == "POST":
        _store_form(request)
    else:
        request.session.pop(STORED_FORM_KEY, None)
    return _reauthentication_page(request, ReauthenticationForm(request))


def _handle_answer(request: HttpRequest, back: str) -> HttpResponseBase | None:
    form = ReauthenticationForm(request, request.POST)
    if not form.is_valid():
        return _reauthentication_page(request, form)
    sessions.record_reauthentication(request)
    stored = _pop_stored_form(request)
    if stored is None:
        return HttpResponseRedirect(back)
    request.POST = stored  # type: ignore[assignment]  # a form sent again; the view expects it there
    return None


def _reauthentication_page(request: HttpRequest, form: ReauthenticationForm) -> HttpResponse:
    person: Any = request.user
    has_passkey = relying_party.is_offered(request) and second_factor.has_passkey(person)
    can_type = person.has_usable_password() or second_factor.is_enabled(person)
    context = {
        "title": _("Confirm that it is you"),
        "form": form,
        "can_prove": can_type or has_passkey,
        "has_passkey": has_passkey,
        "kept": STORED_FORM_KEY in request.session,
    }
    response = render(request, "accounts/sign_in/reauthenticate.html", context)
    add_never_cache_headers(response)
    return response


def _store_form(request: HttpRequest) -> None:
    """Store the form, sealed and bound to this user and URL, because it may contain a key of the school."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    text = data.urlencode().encode()
    if len(text) <= MAX_STORED_FORM_BYTES:
        request.session[STORED_FORM_KEY] = keyring.seal_bytes(text, _seal_context(request)).decode()


def _pop_stored_form(request: HttpRequest) -> QueryDict | None:
    """Remove and return the form stored for this URL, or None."""
    sealed = request.session.pop(STORED_FORM_KEY, "")
    try:
        return QueryDict(keyring.unseal_bytes(sealed.encode(), _seal_context(request))) if sealed else None
    except VaultError:
        return None


def _seal_context(request: HttpRequest) -> str:
    return f"form {request.user.pk} {request.get_full_path()}"
