"""The form of a scheduled export."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StudentGroup, User
from accounts.people.queries import GROUPS_BY_NAME, active_people
from classes.lessons.forms.fields import set_choices
from classes.models import Course, ExportSchedule
from console.notifications.channels.mail_server import mail_is_set_up
from console.policy import scoped
from console.policy.edit_forms import OptimisticLockMixin
from console.ui.template_tags import zone_name

FIELDS = (
    *("kind", "role", "group", "course", "period", "file_type"),
    *("every", "weekday", "month_day", "hour", "recipients", "attach"),
)
ROLES = (Role.STUDENT, Role.TEACHER, Role.ASSISTANT, Role.SUPERVISOR, Role.ADMIN)


class RecipientsField(forms.ModelMultipleChoiceField):
    """Administrators by user id, with name and address."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.nickname or obj.user_id} · {obj.e_mail}"


class ExportScheduleForm(OptimisticLockMixin, forms.ModelForm):
    """What is exported, when, and who is told."""

    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        help_text=_("For an export of every week."),
    )
    month_day = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=31,
        required=False,
        help_text=_("For an export of every month. In a shorter month it is made on the last day."),
    )
    hour = forms.TypedChoiceField(
        label=_("At"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], coerce=int
    )
    recipients = RecipientsField(
        User.objects.none(),
        label=_("E-mail with a link to"),
        to_field_name="user_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ExportSchedule
        fields = FIELDS
        labels: ClassVar[Mapping[str, Any]] = {
            "kind": _("What"),
            "role": _("Role"),
            "group": _("Group"),
            "course": _("Course"),
            "period": _("Days"),
            "file_type": _("Format"),
            "every": _("How often"),
            "attach": _("Attach the file to the e-mail"),
        }
        help_texts: ClassVar[Mapping[str, Any]] = {
            "kind": _("People are exported without phone numbers, e-mail addresses and guardians."),
            "role": _("For people."),
            "group": _("For people, lessons and marks."),
            "course": _("For lessons, marks and grades; grades need one."),
            "period": _(
                "For lessons, marks and grades. Only final marks are in the file: at night, those of the "
                "evening before may still be missing."
            ),
            "attach": _(
                "Personal data then leave the console by e-mail. Without it the e-mail has a link, which "
                "needs sign-in."
            ),
        }

    def __init__(self, *args: Any, reader: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        fields["role"].choices = [("", _("all")), *((role.value, role.label) for role in ROLES)]
        fields["period"].required = fields["group"].required = fields["course"].required = False
        fields["group"].empty_label = _("Whole school")
        fields["course"].empty_label = "—"
        groups = scoped(StudentGroup.objects.filter(archived_at=None), reader, "group", "list")
        set_choices(fields["group"], groups.order_by(*GROUPS_BY_NAME))
        set_choices(
            fields["course"], scoped(Course.objects.all(), reader, "course", "list").order_by("title")
        )
        people = active_people(reader.enterprise_id, Role.SUPERADMIN, Role.ADMIN).exclude(e_mail="")
        set_choices(fields["recipients"], people)
        fields["hour"].help_text = _("In the time zone of the school: %(zone)s.") % {
            "zone": zone_name(reader.enterprise.zone)
        }
        fields["recipients"].help_text = (
            _("Administrators with an e-mail address. The file is stored in any case.")
            if mail_is_set_up()
            else _("This console does not send e-mail: those chosen get a notification in the console.")
        )
        if not mail_is_set_up():
            del fields["attach"]
        if self.instance.pk:
            self.initial["recipients"] = [one.user_id for one in self.instance.recipients.all()]

    def clean_month_day(self) -> int:
        return int(self.cleaned_data["month_day"] or 1)
