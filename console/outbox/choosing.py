"""Choosing operations: the filter of pages, admin and REST, whose choice lives in the address."""

import re
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.outbox.kinds import all_kinds
from console.outbox.lines import STATES
from console.outbox.mirrored import Mirrored
from console.outbox.models import Operation
from console.outbox.states import OPEN, State

#: States that want a person.
TROUBLE = (State.NEEDS_YOU, State.REFUSED, State.HELD)
#: Groups of states by the name that they have in the address.
GROUPS: dict[str, tuple[str | Promise, tuple[State, ...]]] = {
    "trouble": (gettext_lazy("needs a person"), TROUBLE),
    "open": (gettext_lazy("not finished"), OPEN),
}
_ROW = re.compile(r"([a-z_]+\.[a-z_]+):([0-9]{1,18})")


def subjects() -> list[tuple[str, str | Promise]]:
    """Every sort of row that operations are about, with its name."""
    models = [model for model in apps.get_models() if issubclass(model, Mirrored)]
    return [(model._meta.label_lower, model._meta.verbose_name_plural) for model in models]


def about(row: Any) -> str:
    """The value of `?about=` that chooses what is about one row."""
    return f"{row._meta.label_lower}:{row.pk}"


class OperationFilter(forms.Form):
    """The part of the address that chooses operations; what nobody knows narrows nothing.

    `about` is a sort of row ("classes.lesson") or one row ("classes.lesson:12").
    """

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        every = [("", _("all"))]
        groups = [(name, words) for name, (words, _states) in GROUPS.items()]
        self.fields["state"].choices = every + groups + [(state, STATES[state].word) for state in State]
        self.fields["kind"].choices = [*every, *((one.name, one.label) for one in all_kinds())]
        self.fields["about"].choices = [*every, *subjects(), *self._one_row()]

    def _one_row(self) -> list[tuple[str, str]]:
        """The row that the address names, as a choice of its own."""
        asked = str(self.data.get("about", ""))
        return [(asked, _("only this one"))] if _ROW.fullmatch(asked) else []

    def narrow(self, operations: QuerySet[Operation]) -> QuerySet[Operation]:
        self.is_valid()
        chosen = self.cleaned_data
        if words := chosen.get("q"):
            operations = operations.filter(subject_label__icontains=words)
        if state := chosen.get("state"):
            operations = operations.filter(state__in=GROUPS[state][1] if state in GROUPS else [state])
        if kind := chosen.get("kind"):
            operations = operations.filter(kind=kind)
        if subject := chosen.get("about"):
            sort, _colon, number = subject.partition(":")
            operations = operations.filter(subject_type=sort, **({"subject_id": number} if number else {}))
        return operations
