"""Views of entry cards: of one person, and of a group."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.models import StudentGroup, User
from accounts.people.entry_cards import CardSheet, issue_cards
from accounts.people.forms.person import AuditReasonForm
from accounts.people.queries import BY_NAME, groups_for
from accounts.people.views.actions import PersonReasonAction
from console.policy import scoped
from console.policy.views import SchoolView


@method_decorator(never_cache, name="dispatch")
class PersonCard(PersonReasonAction):
    """The entry card of one person."""

    action_name = "card"

    def form_valid(self, form: Any) -> HttpResponse:
        sheet: CardSheet = self.act.service([self.person], by=self.request.user, **form.cleaned_data)
        context = {"title": _("Entry card"), "person": self.person, "sheet": sheet}
        return render(self.request, "accounts/people/entry_card.html", context)


@method_decorator(never_cache, name="dispatch")
class GroupCards(SchoolView, FormView):
    """The entry cards of all students of a group."""

    resource, action = "person", "reveal_token"
    form_class = AuditReasonForm
    template_name = "generic/confirm.html"

    @cached_property
    def group(self) -> StudentGroup:
        return get_object_or_404(groups_for(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Entry cards of %(group)s") % {"group": self.group},
            detail=_("Each card shows an entry token, which opens the classroom in the student's name."),
            submit_label=_("Show cards"),
            tone="primary",
            cancel_url=reverse("accounts:groups"),
            **kwargs,
        )

    def form_valid(self, form: AuditReasonForm) -> HttpResponse:
        students = scoped(User.objects.all(), self.request.user, "person", "reveal_token")
        students = students.filter(group_entries__group=self.group).select_related("enterprise")
        try:
            sheet = issue_cards(
                students.order_by(*BY_NAME),
                by=self.request.user,
                group=self.group,
                **form.cleaned_data,
            )
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect("accounts:groups")
        title = _("Entry cards of %(group)s") % {"group": self.group}
        return render(
            self.request,
            "accounts/people/group_entry_cards.html",
            {"title": title, "group": self.group, "sheet": sheet},
        )
