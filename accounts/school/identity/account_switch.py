"""A single sign-on in a browser where somebody else is signed in: the session is replaced only by a form.

Otherwise any page of the web could sign a visitor in as somebody else (login CSRF), who then files what they
type in a foreign account. What the provider has answered waits in the session, for ten minutes and once.
"""

from typing import Any, NamedTuple

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.models import IdentityProvider, User
from accounts.sign_in import remembered_school, sessions
from accounts.sign_in.guardians.sessions import has_guardian
from console.policy.database_scope import as_owner

#: Of the session: the provider, its account and its session, which it may end (back channel).
IDENTITY_KEY = "identity"
#: Of the session: the sign-in that waits for an answer.
WAITING_KEY = "waiting_sign_in"
VALID_S = 600


class SignInResult(NamedTuple):
    """Who has signed in with a provider, what the session keeps of it, and where it leads."""

    person: User
    facts: dict[str, Any]
    target: str


def complete(request: HttpRequest, result: SignInResult) -> HttpResponse:
    """Sign the person in, or ask first if somebody else, or a guardian, is signed in here."""
    current: Any = request.user
    is_other = current.is_authenticated and current.pk != result.person.pk
    if is_other or has_guardian(request.session):
        waiting = {"person": result.person.pk, "facts": result.facts, "target": result.target}
        request.session[WAITING_KEY] = waiting | {"at": timezone.now().timestamp()}
        return redirect("accounts:switch_account")
    return _sign_in(request, result)


def _sign_in(request: HttpRequest, result: SignInResult) -> HttpResponse:
    current: Any = request.user
    if current.is_authenticated or has_guardian(request.session):
        logout(request)  # nothing of the former session stays, that of a guardian included
    request.session[IDENTITY_KEY] = result.facts
    response: HttpResponse = perform_login(
        request, result.person, redirect_url=result.target, signal_kwargs={"way": "sso"}
    )
    remembered_school.remember_school(response, result.person)
    return response


def _find_waiting(request: HttpRequest) -> SignInResult | None:
    """Return the sign-in that waits, unless it is too old, or person or provider are gone meanwhile."""
    waiting = request.session.get(WAITING_KEY)
    if waiting is None or timezone.now().timestamp() - waiting["at"] > VALID_S:
        return None
    people = User.objects.select_related("enterprise").filter(pk=waiting["person"], is_active=True)
    person = people.filter(erased_at=None).first()
    enabled = IdentityProvider.objects.filter(pk=waiting["facts"]["provider"], is_enabled=True)
    if person is None or not enabled.filter(enterprise=person.enterprise_id).exists():
        return None
    return SignInResult(person, waiting["facts"], waiting["target"])


@method_decorator(never_cache, name="dispatch")
class SwitchAccount(TemplateView):
    """Ask whether to go on as who has signed in with the provider, and sign them in by POST."""

    template_name = "accounts/sign_in/switch_account.html"
    extra_context = {"title": _("Somebody else is signed in here")}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with as_owner():  # the person may belong to another school
            is_signed_in = request.user.is_authenticated or has_guardian(request.session)
            self.waiting = _find_waiting(request) if is_signed_in else None
            if self.waiting is None:
                return self._leave(request)
            return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        other = self.waiting.person if self.waiting else None
        return super().get_context_data(current=self.request.user, other=other, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        assert self.waiting is not None
        if request.POST.get("answer") != "continue":
            return self._leave(request)
        return _sign_in(request, self.waiting)

    def _leave(self, request: HttpRequest) -> HttpResponse:
        """Forget the sign-in that waits, and lead to the first page of who is signed in."""
        request.session.pop(WAITING_KEY, None)
        person: Any = request.user
        if person.is_authenticated:
            return redirect(sessions.landing_url(person))
        return redirect("accounts:guardian_home" if self.waiting else "accounts:sign_in")
