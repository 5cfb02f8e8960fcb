"""Views by which people confirm their own e-mail address, so that a forgotten password can be sent there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.sign_in import verified_addresses
from accounts.sign_in.views.security import AccountActionView
from console.policy.views import SignedInView


class SendAddressLink(AccountActionView):
    """Send the link to one's own address."""

    def act(self, person: Any, **kwargs: Any) -> HttpResponse | None:
        verified_addresses.send_link(person=person)
        messages.success(
            self.request,
            _("A link was sent to %(address)s. Open it within seven days.") % {"address": person.e_mail},
        )
        return None


@method_decorator(never_cache, name="dispatch")
class VerifyAddress(SignedInView, TemplateView):
    """The page behind the link. Its button confirms the address: e-mail programs open links by themselves."""

    template_name = "accounts/sign_in/verify_address.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: Any = self.request.user
        valid = verified_addresses.is_valid(person, self.request.GET.get("key", ""))
        return super().get_context_data(title=_("Confirm the address"), valid=valid, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        if not verified_addresses.verify(person=person, key=request.GET.get("key", "")):
            return self.render_to_response(self.get_context_data())
        messages.success(request, _("Your e-mail address is confirmed."))
        return redirect("accounts:my_sign_in")
