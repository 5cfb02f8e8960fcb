"""Pages behind a password link: they take the token out of the address, then ask for a password."""

from functools import partial
from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from accounts.models import User
from accounts.sign_in import lockout, password_links, remembered_school, second_factor, sessions
from accounts.sign_in.forms.passkeys import ANSWER_FIELD
from accounts.sign_in.forms.security import LinkPasswordForm
from accounts.sign_in.passkeys import challenges, exchange, relying_party
from accounts.sign_in.passkeys.services import add_passkey_by_link
from accounts.sign_in.services import set_password_by_link
from accounts.sign_in.views.passkeys import answer_with_options, device_name, refused_text
from accounts.sign_in.views.security import show_recovery_codes
from console.http.client_address import client_address
from console.http.language import answer_in_language_of
from console.policy.database_scope import as_owner
from console.policy.tokens import token_digest

#: Key of the session: the digest of the link's token, which opens nothing by itself.
LINK_DIGEST = "password_link"


@method_decorator(never_cache, name="dispatch")
class OpenPasswordLink(View):
    """Keep the digest of the token in the session and redirect, so that no page has the token in its address.

    Opening the link does not use it up: e-mail programs open links to check them.
    """

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = redirect(self._next_page(request, token_digest(token)))
        except lockout.Locked as locked:
            messages.error(request, locked.message)
            response = redirect("accounts:sign_in")
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _next_page(self, request: HttpRequest, digest: str) -> str:
        """Return the URL name of the next page. Raise Locked after too many unknown tokens."""
        with as_owner():  # the signed-in user of this browser may belong to another school
            attempt = lockout.start_link_attempt(client_address(request))
            if password_links.link_exists(digest):
                attempt.record_success()
                request.session[LINK_DIGEST] = digest
            else:
                request.session.pop(LINK_DIGEST, None)
                attempt.record_failure(None)
        return "accounts:set_password"


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class LinkFormView(FormView):
    """Base view of the form behind the link that was opened in this session.

    A link that is used, revoked, expired or unknown gets the same answer.
    """

    template_name = "accounts/sign_in/set_password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_owner():
            self.link = password_links.find_link(request.session.get(LINK_DIGEST, ""))
            if self.link is None:
                return self.refuse()
            self.person = self.link.person
            draw = partial(super().dispatch, request, *args, **kwargs)
            return answer_in_language_of(self.person, request, draw)

    def refuse(self) -> HttpResponse:
        context = {"remembered_school": remembered_school.get_remembered_school(self.request)}
        return render(self.request, "accounts/sign_in/password_link_invalid.html", context, status=404)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            person=self.person,
            remembered_school=self.person.enterprise,
            passkeys=self.may_have_passkey(),
            **kwargs,
        )

    def may_have_passkey(self) -> bool:
        """Return whether a passkey may replace the password: a link never replaces a second factor."""
        return relying_party.is_offered(self.request) and not second_factor.is_enabled(self.person)

    def sign_in(self, person: User, way: str, text: str) -> HttpResponse:
        if self.request.user.is_authenticated:
            logout(self.request)
        self.request.session.pop(LINK_DIGEST, None)
        if way == "passkey":
            self.request.session[second_factor.HERE] = True
        response: HttpResponse = perform_login(
            self.request, person, redirect_url=sessions.landing_url(person), signal_kwargs={"way": way}
        )
        messages.success(self.request, text)
        remembered_school.remember_school(response, person)
        return response


class SetPassword(LinkFormView):
    """Set a password, and sign in."""

    form_class = LinkPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.person}

    def form_valid(self, form: LinkPasswordForm) -> HttpResponse:
        assert self.link is not None  # else it was refused
        person = set_password_by_link(
            link=self.link,
            password=form.cleaned_data["new_password1"],
            keep_passkeys=form.cleaned_data.get("keep_passkeys", False),
        )
        return self.sign_in(person, "link", _("Your password is set.")) if person else self.refuse()


class LinkPasskeyOptions(LinkFormView):
    """Options of a passkey that is added in place of a password."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_have_passkey():
            return self.refuse()
        return answer_with_options(lambda: exchange.creation_options(request, self.person))


class SetPasskey(LinkFormView):
    """Add a passkey in place of a password, and sign in."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.link is not None  # else it was refused
        try:
            new = exchange.read_new_passkey(request, self.person, request.POST.get(ANSWER_FIELD, ""))
            person = add_passkey_by_link(link=self.link, new=new, name=device_name(request))
        except challenges.PasskeyRefused:
            messages.error(request, refused_text())
            return redirect("accounts:set_password")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("accounts:set_password")
        if person is None:
            return self.refuse()
        response = self.sign_in(person, "passkey", _("Your passkey is set."))
        response["Location"] = show_recovery_codes(request)["Location"]
        return response
