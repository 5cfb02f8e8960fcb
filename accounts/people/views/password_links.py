"""Views of password links: create one for a person, and show links as cards once."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people.forms.password_link import PasswordLinkForm
from accounts.people.views.actions import PersonActionView
from accounts.sign_in.password_links import Delivery, IssuedLink, link_url
from console.ui.assets import qr_picture


class PersonPasswordLink(PersonActionView):
    """Create the password link of a person: as a card in the response, or by e-mail."""

    form_class = PasswordLinkForm
    action_name = "password"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            issued = self.act.service(person=self.person, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        if issued.link.delivery == Delivery.CARD:
            return show_password_cards(self.request, [issued], self.person)
        self.success(self.act.done)
        return redirect(self.person)


def show_password_cards(
    request: HttpRequest, issued: Sequence[IssuedLink], person: User | None = None
) -> HttpResponse:
    """Return the page of cards, which is not cached: no later response has the addresses."""
    cards = [_card(one) for one in issued]
    title = _("Password link") if person else _("Password links")
    school = issued[0].link.enterprise
    context = {"title": title, "cards": cards, "school": school, "person": person}
    response = render(request, "accounts/people/password_cards.html", context)
    add_never_cache_headers(response)
    return response


def _card(issued: IssuedLink) -> dict[str, Any]:
    address = link_url(issued.token)
    return {"link": issued.link, "address": address, "picture": qr_picture(address, scale=3, border=2)}
