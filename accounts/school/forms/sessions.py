"""Form of the limits of sessions."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext

from accounts.models import Enterprise
from accounts.school.forms.base import SchoolForm
from accounts.sign_in import session_limits


class SessionLimitsForm(SchoolForm):
    """When the school's people are signed out, within the limits of the installation."""

    class Meta:
        model = Enterprise
        fields = ("session_idle_minutes", "session_hours")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bound(
            "session_idle_minutes",
            min(session_limits.MIN_IDLE_MINUTES, session_limits.max_idle_minutes()),
            session_limits.max_idle_minutes(),
        )
        self._bound("session_hours", session_limits.MIN_HOURS, session_limits.max_hours())

    def _bound(self, name: str, least: int, most: int) -> None:
        field: Any = self.fields[name]
        field.min_value, field.max_value = least, most
        field.validators = [MinValueValidator(least), MaxValueValidator(most)]
        field.widget.attrs |= {"min": least, "max": most}
        field.help_text = gettext(
            "From %(least)d to %(most)d. Leave empty for the longest that this console allows."
        ) % {"least": least, "most": most}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        idle, hours = data.get("session_idle_minutes"), data.get("session_hours")
        if idle and hours and idle > hours * 60:
            self.add_error(
                "session_idle_minutes",
                gettext("Shorter than the time after signing in, or it has no effect."),
            )
        return data
