"""Filter form of the list of lessons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.people.queries import active_people
from classes.lessons.forms.fields import PersonField, set_choices
from classes.lessons.validation import TEACHING_ROLES
from console.inputs.forms import BoundedDateField
from console.outbox.states import SyncState
from console.ui.badges import SYNC_BADGES


class LessonFilter(forms.Form):
    """Filters of the list of lessons, kept in the query string."""

    STATUSES = (
        ("", _("all")),
        ("will", _("not started")),
        ("ing", _("running")),
        ("end", _("ended")),
        ("cancelled", _("cancelled")),
    )
    NEEDS = (
        ("", _("Any")),
        ("teacher_out", _("running without a teacher")),
        ("not_begun", _("overdue")),
        ("not_ready", _("not ready")),
        ("trouble", _("sync problem")),
        ("double", _("possible duplicate")),
        ("not_held", _("not held")),
        ("to_make_up", _("cancelled without a make-up lesson")),
        ("provisional", _("attendance provisional")),
        ("contradicted", _("attendance contradicted by messages from iclass")),
    )
    SYNCS = (("", _("all")), *((state.value, SYNC_BADGES[state].word) for state in SyncState))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    since = BoundedDateField(label=_("From"), required=False)
    until = BoundedDateField(label=_("Until"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)
    teacher = PersonField(
        User.objects.none(), label=_("Teacher"), required=False, empty_label=_("all"), to_field_name="user_id"
    )
    sync = forms.ChoiceField(label=_("At iclass"), choices=SYNCS, required=False)
    need = forms.ChoiceField(label=_("Needs attention"), choices=NEEDS, required=False)

    def __init__(self, *args: Any, reader: Any, whole_school: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if whole_school:
            set_choices(self.fields["teacher"], active_people(reader.enterprise_id, *TEACHING_ROLES))
        else:
            del self.fields["teacher"]
        if reader.role == Role.STUDENT:
            del self.fields["sync"], self.fields["need"]
