"""What narrows the list of lessons, kept in its address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.queries import active
from classes.forms.fields import PersonChoice, day_field, offer
from classes.rules import TEACHERS
from console.badges import SYNC
from console.outbox.states import SyncState


class LessonFilter(forms.Form):
    """The part of the address of the list that chooses lessons."""

    STATUSES = (
        ("", _("all")),
        ("will", _("not begun")),
        ("ing", _("running")),
        ("end", _("over")),
        ("cancelled", _("cancelled")),
    )
    NEEDS = (
        ("", _("no matter")),
        ("teacher_out", _("running without their teacher")),
        ("not_begun", _("should have begun")),
        ("not_ready", _("not ready")),
        ("trouble", _("in trouble at iclass")),
        ("double", _("perhaps a second copy")),
        ("not_held", _("not held")),
        ("provisional", _("attendance provisional")),
    )
    SYNCS = (("", _("all")), *((state.value, SYNC[state].word) for state in SyncState))

    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    since = day_field(label=_("From"), required=False)
    until = day_field(label=_("Until"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)
    teacher = PersonChoice(
        User.objects.none(), label=_("Teacher"), required=False, empty_label=_("all"), to_field_name="user_id"
    )
    sync = forms.ChoiceField(label=_("At iclass"), choices=SYNCS, required=False)
    need = forms.ChoiceField(label=_("Wants a look"), choices=NEEDS, required=False)

    def __init__(self, *args: Any, reader: Any, whole_school: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if whole_school:
            offer(self.fields["teacher"], active(reader.enterprise_id, *TEACHERS))
        else:
            del self.fields["teacher"]
        if reader.role == Role.STUDENT:
            del self.fields["sync"], self.fields["need"]
