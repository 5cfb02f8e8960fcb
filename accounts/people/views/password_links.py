"""Views of password links: create one, show cards once, and list who has not come or forgot the password."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView

from accounts.models import PasswordRequest, User
from accounts.people.bulk_actions import bulk_links
from accounts.people.forms.password_link import PasswordLinkForm
from accounts.people.views.actions import PersonActionView
from accounts.sign_in import forgotten_passwords, password_links
from accounts.sign_in.password_links import Delivery, IssuedLink, link_url, waiting_links
from console.lists.first_rows import first_rows
from console.policy.edit_views import RemoveView
from console.policy.views import SchoolView
from console.ui.assets import qr_picture

#: Forgotten passwords that the page names; answered ones make room for the next.
MAX_REQUESTS = 100


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


class PasswordLinkList(SchoolView, ListView):
    """Who forgot the password, and whose link waits: they have not come yet, or it has expired."""

    resource, action = "password_link", "list"
    queryset = waiting_links().select_related("person", "created_by").order_by("-id")
    template_name = "accounts/people/password_links.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        requests = forgotten_passwords.requests_to_answer(reader).select_related("person")
        return super().get_context_data(
            title=_("Password links"),
            requests=first_rows(requests, MAX_REQUESTS),
            kept_days=password_links.KEPT_FOR.days,
            many=bulk_links(reader, QueryDict("link=waiting"), ("password", "password_revoke")),
            **more,
        )


class RequestDismiss(RemoveView):
    """Close the request of somebody who forgot the password, without a link."""

    resource, action = "password_link", "answer"
    saved_message = gettext_lazy("The request has been dismissed.")

    @cached_property
    def request_row(self) -> PasswordRequest:
        return self.get_row(PasswordRequest.objects.select_related("person"), pk=self.kwargs["pk"])

    def remove(self, by: Any) -> None:
        forgotten_passwords.dismiss_request(request=self.request_row, by=by)

    def back_url(self) -> str:
        return reverse("accounts:password_links")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Dismiss the request of %(name)s?") % {"name": self.request_row.person},
            detail=_("Nobody gets a link. The present password, if any, is not changed."),
            submit_label=_("Dismiss"),
            **more,
        )


class CardProgress(NamedTuple):
    """Cards of a selection: how many were shown before, how many are now, and who comes next (at `url`)."""

    before: int
    now: int
    later: list[int]
    url: str

    @property
    def first(self) -> int:
        return self.before + 1

    @property
    def last(self) -> int:
        return self.before + self.now

    @property
    def total(self) -> int:
        return self.last + len(self.later)


def show_password_cards(
    request: HttpRequest,
    issued: Sequence[IssuedLink],
    person: User | None = None,
    progress: CardProgress | None = None,
) -> HttpResponse:
    """Return the page of cards, which is not cached: no later response has the addresses."""
    cards = [_card(one) for one in issued]
    title = _("Password link") if person else _("Password links")
    school = issued[0].link.enterprise
    context = {"title": title, "cards": cards, "school": school, "person": person, "progress": progress}
    response = render(request, "accounts/people/password_cards.html", context)
    add_never_cache_headers(response)
    return response


def _card(issued: IssuedLink) -> dict[str, Any]:
    address = link_url(issued.token)
    return {"link": issued.link, "address": address, "picture": qr_picture(address, scale=3, border=2)}
