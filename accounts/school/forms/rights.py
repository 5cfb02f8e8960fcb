"""Form of the switches that change cells of the policy table for a school."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from accounts.models import Enterprise
from accounts.school.forms.base import SchoolForm
from console.policy.rights_views import switch_effects
from console.policy.switches import SWITCH_COLUMNS, SWITCHES, Switch


class SwitchChange(NamedTuple):
    """A switch that would change: its state before and after, and the rights that this takes or gives."""

    label: str | Promise
    before: str
    after: str
    effects: list[str]


class RightsForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = SWITCH_COLUMNS
        help_texts = {switch.name: switch.explanation for switch in SWITCHES}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["correct_within_days"].help_text = gettext("Leave it empty for no limit.")
        # Validation writes the submitted values into the instance.
        self._before = {name: getattr(self.instance, name) for name in SWITCH_COLUMNS}

    def changes(self) -> list[SwitchChange]:
        """Return what saving the valid form changes; what others changed since the page was shown stays."""
        after = self._before | self.edited(self.cleaned_data)
        return [
            SwitchChange(
                switch.label,
                state_text(switch, self._before),
                state_text(switch, after),
                switch_effects(switch, on=after[switch.name])
                if after[switch.name] != self._before[switch.name]
                else [],
            )
            for switch in SWITCHES
            if state_text(switch, self._before) != state_text(switch, after)
        ]


def state_text(switch: Switch, values: dict[str, Any]) -> str:
    """Return the state of a switch in words, such as "on, for 7 days"."""
    if not values[switch.name]:
        return gettext("off")
    days = values[switch.days] if switch.days else None
    if days is None:
        return gettext("on")
    return ngettext("on, for %(n)d day", "on, for %(n)d days", days) % {"n": days}
