"""Forms of calls and room actions."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.lessons.forms.fields import PersonField, set_choices
from classes.models import AbsenceCall, Lesson


class PersonForm(forms.Form):
    """A person who is expected in the lesson, including its teacher."""

    person = PersonField(
        User.objects.none(), label=_("Person"), to_field_name="user_id", empty_label=_("Choose a person")
    )

    def __init__(self, *args: Any, lesson: Lesson, **more: Any) -> None:
        super().__init__(*args, **more)
        expected = Q(pk=lesson.teacher_id) | Q(pk__in=lesson.members.values("user"))
        people = User.objects.filter(expected, enterprise=lesson.enterprise_id)
        set_choices(self.fields["person"], people.order_by("sort_name", "user_id"))


class CallOutcomeForm(forms.Form):
    """What a call came to."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=AbsenceCall.Outcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CallForm(CallOutcomeForm, PersonForm):
    """A call to a person of the lesson."""


class EnterForm(PersonForm):
    DEVICES = (("camera", _("camera")), ("mic", _("microphone")), ("speaker", _("speaker")))

    password = forms.CharField(
        label=_("Lesson password"),
        max_length=64,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only if the lesson has a password."),
    )
    devices = forms.MultipleChoiceField(
        label=_("Devices turned on at entry"),
        choices=DEVICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class VisitorForm(forms.Form):
    nickname = forms.CharField(label=_("Visitor's name"), max_length=60)
    password = EnterForm.base_fields["password"]
