"""What is asked before a call is noted and before somebody goes through the door."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.forms.fields import PersonChoice, offer
from classes.models import Call, Lesson


class PersonForm(forms.Form):
    """One person: of those who are expected in the lesson, its teacher among them."""

    person = PersonChoice(
        User.objects.none(), label=_("Who"), to_field_name="user_id", empty_label=_("Choose somebody")
    )

    def __init__(self, *args: Any, lesson: Lesson, **more: Any) -> None:
        super().__init__(*args, **more)
        expected = Q(pk=lesson.teacher_id) | Q(pk__in=lesson.members.values("user"))
        people = User.objects.filter(expected, enterprise=lesson.enterprise_id)
        offer(self.fields["person"], people.order_by("nickname", "user_id"))


class CallForm(PersonForm):
    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=Call.Outcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class EnterForm(PersonForm):
    DEVICES = (("camera", _("camera")), ("mic", _("microphone")), ("speaker", _("speaker")))

    password = forms.CharField(
        label=_("Password of the lesson"),
        max_length=64,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only where the lesson has one."),
    )
    devices = forms.MultipleChoiceField(
        label=_("Switched on at entry"),
        choices=DEVICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class VisitorForm(forms.Form):
    nickname = forms.CharField(label=_("Name of the visitor"), max_length=60)
    password = EnterForm.base_fields["password"]
