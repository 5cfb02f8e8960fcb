"""Pages of the office: invite a guardian, or those of a group, revoke an invitation, print the cards."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from accounts.models import Guardian, GuardianInvitation, Role, StudentGroup
from accounts.people.forms.password_link import PasswordLinkForm
from accounts.people.guardians.invited import invite_all
from accounts.sign_in.guardians import invitations
from accounts.sign_in.guardians.invitations import (
    Delivery,
    IssuedInvitation,
    invitation_states,
    invitation_url,
)
from console.policy import in_school
from console.policy.edit_views import RemoveView
from console.policy.shown_rows import ShownRowsForm, join_keys, left_open_message
from console.policy.views import SchoolView
from console.ui.assets import qr_picture


class GuardianState(NamedTuple):
    """A guardian and how far the sign-in is: `invitation` is the open one, or None."""

    guardian: Guardian
    invitation: GuardianInvitation | None


def guardian_states(guardians: Sequence[Guardian]) -> list[GuardianState]:
    """Return guardians, in their order, each with the open invitation."""
    waiting = invitation_states(guardians)
    return [GuardianState(one, waiting.get(one.pk)) for one in guardians]


class OneGuardian(SchoolView):
    """Base of the pages about the sign-in of one guardian."""

    resource, action = "guardian", "change"

    @cached_property
    def guardian(self) -> Guardian:
        rows = Guardian.objects.select_related("person__enterprise", "account")
        return self.get_row(rows, pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("accounts:guardians", args=[self.guardian.person_id])


class GuardianInvite(OneGuardian, FormView):
    """Invite a guardian by a card in the response, or by e-mail; again, which replaces the former link."""

    form_class = PasswordLinkForm
    template_name = "generic/confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        by: Any = self.request.user
        delivery = form.cleaned_data["delivery"]
        try:
            issued = invitations.invite(guardian=self.guardian, by=by, delivery=delivery)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        if delivery == Delivery.CARD:
            return show_cards(self.request, [issued], self.back_url())
        self.success(_("The invitation will be e-mailed within a minute."))
        return redirect(self.back_url())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        names = {"relation": self.guardian.get_relation_display(), "name": self.guardian.person}
        has_account = GuardianInvitation(guardian=self.guardian).renewed_account is not None
        return super().get_context_data(
            title=_("Give this guardian (%(relation)s) of %(name)s a new password?") % names
            if has_account
            else _("Invite this guardian (%(relation)s) of %(name)s?") % names,
            detail=_("The link sets a new password, once. All sessions of this guardian end then.")
            if has_account
            else _("With the link the guardian can sign in and see this student alone. It works once."),
            submit_label=_("Make the link") if has_account else _("Invite"),
            cancel_url=self.back_url(),
            tone="primary",
            **more,
        )


class GuardianRevoke(OneGuardian, RemoveView):
    """Revoke the open invitation of a guardian."""

    action = "change"
    saved_message = gettext_lazy("The invitation has been revoked.")

    def remove(self, by: Any) -> None:
        invitations.revoke_invitation(guardian=self.guardian, by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Revoke the invitation?"),
            detail=_("The link stops working. A guardian who signs in already is not affected."),
            submit_label=_("Revoke"),
            **more,
        )


class GroupInvitationForm(ShownRowsForm, PasswordLinkForm):
    """How the guardians of the page are invited."""


class GroupGuardians(SchoolView, FormView):
    """The guardians of the students of a group with their sign-ins, without contacts; invites all at once."""

    resource, action = "guardian", "list"
    form_class = GroupInvitationForm
    template_name = "accounts/people/group_guardians.html"

    @cached_property
    def group(self) -> StudentGroup:
        groups = in_school(StudentGroup.objects.all(), self.request.user, self.resource)
        found = groups.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        return found

    @cached_property
    def guardians(self) -> list[Guardian]:
        rows = Guardian.objects.select_related("person", "account").filter(
            person__group_entries__group=self.group, person__is_active=True, person__role=Role.STUDENT
        )
        return list(rows.order_by("person__sort_name", "person__user_id", "pk"))

    def get_initial(self) -> dict[str, Any]:
        return {"shown": join_keys(one.pk for one in self.guardians)}

    def form_valid(self, form: Any) -> HttpResponse:
        by: Any = self.request.user
        delivery, shown = form.cleaned_data["delivery"], set(form.cleaned_data["shown"])
        chosen = [one for one in self.guardians if one.pk in shown]
        issued = invite_all(guardians=chosen, by=by, delivery=delivery)
        if later := left_open_message(len(self.guardians) - len(chosen)):
            self.warning(later)
        if issued and delivery == Delivery.CARD:
            return show_cards(self.request, issued, self.request.path)
        number = len(issued)
        text = ngettext("%(n)d guardian is invited.", "%(n)d guardians are invited.", number)
        self.success(text % {"n": number})
        return redirect(self.request.path)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        states = guardian_states(self.guardians)
        return super().get_context_data(
            title=_("Guardians of %(group)s") % {"group": self.group},
            group=self.group,
            states=states,
            open_number=sum(one.guardian.account_id is None for one in states),
            may_invite=self.may("change"),
            **more,
        )


def show_cards(request: HttpRequest, issued: Sequence[IssuedInvitation], back: str) -> HttpResponse:
    """Return the page of cards, which is not cached: no later response has the addresses."""
    cards = [_card(one) for one in issued]
    school = issued[0].invitation.enterprise
    context = {"title": _("Invitations"), "cards": cards, "school": school, "back": back}
    context["sign_in"] = invitations.sign_in_url(school)
    response = render(request, "accounts/people/guardian_cards.html", context)
    add_never_cache_headers(response)
    return response


def _card(issued: IssuedInvitation) -> dict[str, Any]:
    address = invitation_url(issued.token)
    picture = qr_picture(address, scale=3, border=2)
    return {"invitation": issued.invitation, "address": address, "picture": picture}
