"""Controls of the forms about lessons."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.utils import from_current_timezone
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User

#: What stands between two ids of a list.
BETWEEN_IDS = re.compile(r"[\s,;，；、]+")


class Choice(NamedTuple):
    """A person of a picker; `groups` are the ids of their groups."""

    user_id: str
    name: str
    note: str
    groups: tuple[int, ...]
    chosen: bool


class PeopleField(forms.ModelMultipleChoiceField):
    """People chosen by user id; says which id it does not know."""

    default_error_messages = {
        "invalid_choice": _("Your school has nobody with the user id “%(value)s” who fits here."),
        "invalid_list": _("Choose people from the list."),
    }

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(User.objects.none(), label=label, required=False, to_field_name="user_id", **more)


class PersonChoice(forms.ModelChoiceField):
    """One person by user id."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.nickname} · {obj.user_id}"


class PeopleSearch(forms.TextInput):
    """A name or a user id; while it is typed, people who fit are offered from an address of ours, by
    static/js/suggest.js."""

    template_name = "classes/_people_search.html"

    def __init__(self, address: str) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.address = address

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        offered = f"{context['widget']['attrs'].get('id', name)}-offered"
        context["widget"]["attrs"] |= {"list": offered, "data-suggest": reverse(self.address)}
        return context | {"offered": offered}


def day_field(**more: Any) -> forms.DateField:
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    words = {"invalid": _("Write the day as 2026-11-24.")} | more.pop("error_messages", {})
    return forms.DateField(widget=picker, error_messages=words, **more)


def clock_field(**more: Any) -> forms.TimeField:
    picker = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    words = {"invalid": _("Write the time as 19:30.")} | more.pop("error_messages", {})
    return forms.TimeField(widget=picker, error_messages=words, **more)


def moment(day: date, clock: time) -> datetime:
    """The moment in the active zone; ValidationError where the clocks are changed just then."""
    try:
        return from_current_timezone(datetime.combine(day, clock))
    except ValidationError:
        sentence = _("On this day the clocks are changed and this time is not certain. Choose another.")
        raise ValidationError(sentence) from None


def students_of_ids(text: str, offered: QuerySet[User]) -> list[User]:
    """The students whose ids stand in a text; ValidationError that names every id that is nobody's."""
    wanted = [one for one in BETWEEN_IDS.split(text) if one]
    found = {one.user_id: one for one in offered.filter(user_id__in=wanted)}
    unknown = sorted({one for one in wanted if one not in found})
    if unknown:
        sentence = ngettext_lazy(
            "Your school has no student with the user id %(ids)s.",
            "Your school has no students with these user ids: %(ids)s.",
            "n",
        )
        shown = ", ".join(one[:40] for one in unknown[:10]) + (" …" if len(unknown) > 10 else "")
        raise ValidationError(sentence, params={"n": len(unknown), "ids": shown})
    return list(found.values())


def offer(field: Any, rows: QuerySet[Any]) -> None:
    """Let a field of rows offer these."""
    field.queryset = rows


def choices_of(
    field: forms.BoundField, people: Iterable[User], groups: dict[int, list[int]], *, roles: bool
) -> list[Choice]:
    """The people whom a field offers, with what is ticked now; `roles` names their roles."""
    chosen = set(field.value() or ())
    return [
        Choice(
            one.user_id,
            one.nickname,
            str(one.get_role_display()) if roles else "",
            tuple(groups.get(one.pk, ())),
            one.user_id in chosen,
        )
        for one in people
    ]
