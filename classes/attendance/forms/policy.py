"""Form for the attendance rules of a lesson or course, with a preview of changed marks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from classes.attendance.forms.register import reason_field
from classes.attendance.policy import RULE_NAMES
from classes.attendance.policy_changes import rule_digests
from console.policy.edit_forms import OptimisticLockMixin

MINUTE_FIELDS = {"late_after": "late_after_s", "early_leave": "early_leave_s"}
#: Rules that are stored as they are typed.
PLAIN_FIELDS = ("present_share", "leave_minutes")
#: Most changes that are listed one by one.
MAX_LISTED = 30


def summarize_changes(changes: Sequence[object]) -> str:
    """Return the first changes as one text."""
    lines = [str(one) for one in changes[:MAX_LISTED]]
    more = len(changes) - len(lines)
    return "; ".join([*lines, gettext("and %(n)d more") % {"n": more}] if more else lines)


def change_count_message(count: int) -> str:
    text = ngettext("%(n)d mark would change", "%(n)d marks would change", count)
    return text % {"n": count}


class PolicyForm(OptimisticLockMixin, forms.Form):
    """Takes minutes and stores those of MINUTE_FIELDS as seconds.

    An empty field follows the course or the school.
    """

    field_of_column = {column: name for name, column in MINUTE_FIELDS.items()}
    late_after = forms.FloatField(label=_("Late after (minutes)"), min_value=0, max_value=240, required=False)
    early_leave = forms.FloatField(
        label=_("Left early (minutes before the end)"), min_value=0, max_value=240, required=False
    )
    present_share = forms.IntegerField(
        label=_("Present from (percent of the lesson)"), min_value=0, max_value=100, required=False
    )
    leave_minutes = forms.IntegerField(
        label=_("Leave excuses from (minutes of the lesson)"), min_value=1, max_value=240, required=False
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
        self.preview, self.choose, self.standing = preview, choose, rules
        own = rules or {}
        for name, column in [*MINUTE_FIELDS.items(), *zip(PLAIN_FIELDS, PLAIN_FIELDS, strict=True)]:
            divisor = 60 if name in MINUTE_FIELDS else 1
            if column in own:
                self.initial[name] = f"{own[column] / divisor:g}"
            otherwise = f"{inherited[column] / divisor:g}"
            self.fields[name].help_text = gettext("If empty: %(value)s.") % {"value": otherwise}

    def stored_values(self) -> dict[str, str]:
        return rule_digests(self.standing)

    def rules(self) -> dict[str, int]:
        """Return the typed rules by column."""
        data = self.cleaned_data
        found = {
            column: round(data[name] * 60)
            for name, column in MINUTE_FIELDS.items()
            if data.get(name) is not None
        }
        return found | {name: data[name] for name in PLAIN_FIELDS if data.get(name) is not None}

    def merged_rules(self) -> dict[str, int]:
        """Return the stored rules with those that the editor changed."""
        typed = self.rules()
        merged = {**(self.standing or {}), **self.edited({name: typed.get(name) for name in RULE_NAMES})}
        return {name: value for name, value in merged.items() if value is not None}

    def clean(self) -> dict[str, Any]:
        """List the marks that would change and ask for confirmation."""
        data = super().clean() or {}
        changes = [] if self.errors else self.preview(self.merged_rules())
        if not changes:
            return data
        if self.choose:
            self._choose(changes)
        else:
            label = change_count_message(len(changes))
            self.fields["confirm"] = forms.BooleanField(
                label=label, required=False, help_text=summarize_changes(changes)
            )
            if not self.data.get("confirm"):
                self.add_error("confirm", gettext("Review them and tick the box, or change the rules."))
        return data

    def _choose(self, changes: Sequence[object]) -> None:
        self.fields["past"] = past_lessons_field(changes)
        chosen = self.data.get("past")
        if chosen in ("keep", "again"):
            self.cleaned_data["past"] = chosen
        else:
            self.add_error("past", gettext("Choose whether the new rules apply to lessons that have ended."))


def past_lessons_field(changes: Sequence[object]) -> forms.ChoiceField:
    """Return the field that asks whether finished lessons keep their marks."""
    return forms.ChoiceField(
        label=change_count_message(len(changes)),
        choices=[
            ("keep", _("Keep: the new rules apply from now on")),
            (
                "again",
                _("Recalculate: apply the new rules to the newest 100 open registers of the last 30 days"),
            ),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text=summarize_changes(changes),
    )
