"""Rules of attendance of one lesson or one course, with the marks that they would change."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from classes.forms.register import reason_field

MINUTES = {"late_after": "late_after_s", "early_leave": "early_leave_s"}
#: Changes that are told one by one.
TOLD = 30


def told_changes(changes: Sequence[object]) -> str:
    """The changes as one text, the first of many."""
    lines = [str(one) for one in changes[:TOLD]]
    more = len(changes) - len(lines)
    return "; ".join([*lines, gettext("and %(n)d more") % {"n": more}] if more else lines)


def would_change(count: int) -> str:
    said = ngettext("%(n)d mark would change", "%(n)d marks would change", count)
    return said % {"n": count}


class OwnRulesForm(forms.Form):
    """Minutes are typed, seconds are kept; what is left empty follows the course or the school."""

    late_after = forms.FloatField(label=_("Late after (minutes)"), min_value=0, max_value=240, required=False)
    early_leave = forms.FloatField(
        label=_("Left early (minutes before the end)"), min_value=0, max_value=240, required=False
    )
    present_share = forms.IntegerField(
        label=_("Present from (percent of the lesson)"), min_value=0, max_value=100, required=False
    )
    reason = reason_field()

    def __init__(
        self,
        *args: Any,
        rules: Mapping[str, int] | None,
        inherited: Mapping[str, int],
        preview: Callable[[dict[str, int]], Sequence[object]],
        choose: bool,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.preview, self.choose = preview, choose
        own = rules or {}
        for name, column in [*MINUTES.items(), ("present_share", "present_share")]:
            divisor = 60 if name in MINUTES else 1
            if column in own:
                self.initial[name] = f"{own[column] / divisor:g}"
            otherwise = f"{inherited[column] / divisor:g}"
            self.fields[name].help_text = gettext("Empty: %(value)s.") % {"value": otherwise}

    def rules(self) -> dict[str, int]:
        """What was typed, by column."""
        data = self.cleaned_data
        found = {
            column: round(data[name] * 60) for name, column in MINUTES.items() if data.get(name) is not None
        }
        if data.get("present_share") is not None:
            found["present_share"] = data["present_share"]
        return found

    def clean(self) -> dict[str, Any]:
        """Marks that would change are named before anything is saved."""
        data = super().clean() or {}
        changes = [] if self.errors else self.preview(self.rules())
        if not changes:
            return data
        if self.choose:
            self._choose(changes)
        else:
            label = would_change(len(changes))
            self.fields["confirm"] = forms.BooleanField(
                label=label, required=False, help_text=told_changes(changes)
            )
            if not self.data.get("confirm"):
                self.add_error("confirm", gettext("Look at them and tick this, or change the rules."))
        return data

    def _choose(self, changes: Sequence[object]) -> None:
        self.fields["past"] = past_field(changes)
        chosen = self.data.get("past")
        if chosen in ("keep", "again"):
            self.cleaned_data["past"] = chosen
        else:
            self.add_error("past", gettext("Choose whether lessons that are over follow the new rules."))


def past_field(changes: Sequence[object]) -> forms.ChoiceField:
    """Whether lessons that are over keep their marks."""
    return forms.ChoiceField(
        label=would_change(len(changes)),
        choices=[
            ("keep", _("Keep them: the new rules hold from now on")),
            ("again", _("Change them: reckon the open registers of the last 30 days again")),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text=told_changes(changes),
    )
