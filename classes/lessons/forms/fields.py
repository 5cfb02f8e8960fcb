"""Fields and widgets of the lesson forms."""

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
from classes.lessons.selectable import foreign_message

#: Separators between the ids of a list.
ID_SEPARATOR = re.compile(r"[\s,;，；、]+")


class PersonOption(NamedTuple):
    """An option of a people picker; `groups` are the ids of the person's groups, `words` the pinyin."""

    user_id: str
    name: str
    note: str
    groups: tuple[int, ...]
    chosen: bool
    words: str


class PeopleField(forms.ModelMultipleChoiceField):
    """Multiple choice of people by user id; the error names an unknown id."""

    default_error_messages = {
        "invalid_choice": _("There is no suitable person in your school with the user ID “%(value)s”."),
        "invalid_list": _("Choose people from the list."),
    }

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(User.objects.none(), label=label, required=False, to_field_name="user_id", **more)


class PersonField(forms.ModelChoiceField):
    """Choice of one person by user id."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.nickname} · {obj.user_id}"


class PeopleSearch(forms.TextInput):
    """Text input for a name or user id; static/js/suggest.js loads suggestions from the URL `address`."""

    template_name = "classes/lessons/_people_search.html"

    def __init__(self, address: str) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.address = address

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        offered = f"{context['widget']['attrs'].get('id', name)}-offered"
        context["widget"]["attrs"] |= {"list": offered, "data-suggest": reverse(self.address)}
        return context | {"offered": offered}


def time_field(**more: Any) -> forms.TimeField:
    picker = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    messages = {"invalid": _("Enter the time as 19:30.")} | more.pop("error_messages", {})
    return forms.TimeField(widget=picker, error_messages=messages, **more)


def combine_local(day: date, clock: time) -> datetime:
    """Return the moment in the active zone. Raise ValidationError if a clock change makes it ambiguous."""
    try:
        return from_current_timezone(datetime.combine(day, clock))
    except ValidationError:
        message = _("The clocks change on this day, so this time is ambiguous. Choose another one.")
        raise ValidationError(message) from None


def parse_student_ids(text: str, offered: QuerySet[User], *, own: bool = False) -> list[User]:
    """Return the students whose ids a text lists. Raise ValidationError that names all unknown ids.

    `own`: only those are offered whom the editor may choose (`classes.lessons.selectable`).
    """
    ids = [one for one in ID_SEPARATOR.split(text) if one]
    found = {one.user_id: one for one in offered.filter(user_id__in=ids)}
    unknown = sorted({one for one in ids if one not in found})
    if unknown and own:
        raise ValidationError(foreign_message(unknown))
    if unknown:
        message = ngettext_lazy(
            "Your school has no student with the user ID %(ids)s.",
            "Your school has no students with these user IDs: %(ids)s.",
            "n",
        )
        shown = ", ".join(one[:40] for one in unknown[:10]) + (" …" if len(unknown) > 10 else "")
        raise ValidationError(message, params={"n": len(unknown), "ids": shown})
    return list(found.values())


def set_choices(field: Any, rows: QuerySet[Any]) -> None:
    """Set the queryset of a model choice field."""
    field.queryset = rows


def person_options(
    field: forms.BoundField, people: Iterable[User], groups: dict[int, list[int]], *, roles: bool
) -> list[PersonOption]:
    """Return the options of a people field with the current selection; `roles` adds role names."""
    chosen = set(field.value() or ())
    return [
        PersonOption(
            one.user_id,
            one.nickname,
            str(one.get_role_display()) if roles else "",
            tuple(groups.get(one.pk, ())),
            one.user_id in chosen,
            one.search_name,
        )
        for one in people
    ]
