"""Entry cards on paper: of one person, and of a whole group."""

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

from accounts.cards import Deck, deal
from accounts.forms import ReasonForm
from accounts.models import StudentGroup, User
from accounts.queries import groups_for
from accounts.views.acts import PersonReveal
from console.policy import scoped
from console.policy.pages import SchoolPage


class PersonCard(PersonReveal):
    """The entry card of one person."""

    act_name = "card"

    def form_valid(self, form: Any) -> HttpResponse:
        deck: Deck = self.act.do([self.person], by=self.request.user, **form.cleaned_data)
        return self.shown("accounts/person_card.html", deck=deck, title=_("Entry card"))


@method_decorator(never_cache, name="dispatch")
class GroupCards(SchoolPage, FormView):
    """The entry cards of all students of a group, several on a page."""

    resource, action = "person", "reveal_token"
    form_class = ReasonForm
    template_name = "generic/confirm.html"

    @cached_property
    def group(self) -> StudentGroup:
        return get_object_or_404(groups_for(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Entry cards of %(group)s") % {"group": self.group},
            detail=_("Each card shows an entry token, which opens the classroom in its student's name."),
            submit_label=_("Show the cards"),
            tone="primary",
            cancel_url=reverse("accounts:groups"),
            **more,
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        students = scoped(User.objects.all(), self.request.user, "person", "reveal_token")
        students = students.filter(group_entries__group=self.group).select_related("enterprise")
        try:
            deck = deal(
                students.order_by("nickname", "id"),
                by=self.request.user,
                group=self.group,
                **form.cleaned_data,
            )
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect("accounts:groups")
        title = _("Entry cards of %(group)s") % {"group": self.group}
        return render(
            self.request, "accounts/group_cards.html", {"title": title, "group": self.group, "deck": deck}
        )
