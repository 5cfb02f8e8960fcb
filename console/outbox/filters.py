"""Filter of operations. The selection is kept in the query string."""

import re
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.outbox.kinds import all_kinds
from console.outbox.mirrored import Mirrored
from console.outbox.models import Operation
from console.outbox.presentation import STATE_BADGES
from console.outbox.states import OPEN_STATES, OperationState

#: States that need a person. What is on hold goes on by itself, once the school can send again.
ATTENTION_STATES = (OperationState.NEEDS_YOU, OperationState.REFUSED)
#: Groups of states by their name in the query string.
STATE_GROUPS: dict[str, tuple[str | Promise, tuple[OperationState, ...]]] = {
    "trouble": (gettext_lazy("needs a decision"), ATTENTION_STATES),
    "open": (gettext_lazy("not finished"), OPEN_STATES),
}
_SUBJECT = re.compile(r"([a-z_]+\.[a-z_]+):([0-9]{1,18})")


def subject_types() -> list[tuple[str, str | Promise]]:
    """Return the models that operations are about, as choices."""
    models = [model for model in apps.get_models() if issubclass(model, Mirrored)]
    return [(model._meta.label_lower, model._meta.verbose_name_plural or "") for model in models]


def about(row: Any) -> str:
    """Return the value of `?about=` that selects the operations about one row."""
    return f"{row._meta.label_lower}:{row.pk}"


class OperationFilter(forms.Form):
    """Select operations by the query string; unknown values are ignored.

    `about` is a model ("classes.lesson") or one row ("classes.lesson:12").
    """

    fields: dict[str, Any]
    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    about = forms.ChoiceField(label=gettext_lazy("Object"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        all_choice = [("", _("all"))]
        groups = [(name, label) for name, (label, _states) in STATE_GROUPS.items()]
        self.fields["state"].choices = (
            all_choice + groups + [(state, STATE_BADGES[state].word) for state in OperationState]
        )
        self.fields["kind"].choices = [*all_choice, *((kind.name, kind.label) for kind in all_kinds())]
        self.fields["about"].choices = [*all_choice, *subject_types(), *self._chosen_subject()]

    def _chosen_subject(self) -> list[tuple[str, str]]:
        """Return the row named in the query string as an additional choice."""
        subject = str(self.data.get("about", ""))
        return [(subject, _("only this one"))] if _SUBJECT.fullmatch(subject) else []

    def narrow(self, operations: QuerySet[Operation]) -> QuerySet[Operation]:
        self.is_valid()
        chosen = self.cleaned_data
        if text := chosen.get("q"):
            operations = operations.filter(subject_label__icontains=text)
        if state := chosen.get("state"):
            operations = operations.filter(
                state__in=STATE_GROUPS[state][1] if state in STATE_GROUPS else [state]
            )
        if kind := chosen.get("kind"):
            operations = operations.filter(kind=kind)
        if subject := chosen.get("about"):
            model, _colon, pk = subject.partition(":")
            operations = operations.filter(subject_type=model, **({"subject_id": pk} if pk else {}))
        return operations
