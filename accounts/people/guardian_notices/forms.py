"""Form of what a school tells guardians."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.guardian_notice import MAX_LESSONS, GuardianNoticeSettings
from accounts.people.guardian_notices.services import FIELDS
from console.policy.edit_forms import OptimisticLockMixin


class NoticeSettingsForm(OptimisticLockMixin, forms.ModelForm):
    """What guardians are told, and when."""

    least_lessons = forms.IntegerField(
        label=_("From so many lessons on a day on"),
        min_value=1,
        max_value=MAX_LESSONS,
        help_text=_("So many lessons of one day count against a student before the guardians are told."),
    )
    notify_at = forms.TimeField(
        label=_("Time of day"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Once a day, in the time zone of the school. Quiet hours of the school are kept."),
    )

    class Meta:
        model = GuardianNoticeSettings
        fields = FIELDS
        help_texts: ClassVar[Mapping[str, Any]] = {
            "is_on": _(
                "One e-mail a day at most for each guardian and child, of final registers only: who was "
                "absent without approved leave. A mark that is corrected later is taken back once."
            ),
            "tells_late": _("Coming late counts like an absence."),
            "needs_consent": _(
                "Tell only guardians of students whose consent is recorded. After consent was withdrawn, "
                "nobody is told anyway."
            ),
        }
