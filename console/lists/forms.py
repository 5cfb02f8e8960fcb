"""Forms of saved views, and of giving a row of Today."""

from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ViewNameForm(forms.Form):
    """The name of a view."""

    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=60,
        error_messages={
            "required": _("Enter a name for the view."),
            "max_length": _("Use a name of at most 60 characters."),
        },
    )

    @property
    def error_text(self) -> str:
        """All errors as one sentence each, for a message on the list."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class PersonOption(NamedTuple):
    """A row of templates/partials/picker.html, with what the person is in the school."""

    user_id: str
    name: str
    note: str
    words: str
    chosen: bool
    groups: tuple[int, ...] = ()


class GiveForm(forms.Form):
    """To whom a row of Today is given, one of `people`."""

    fields: dict[str, Any]
    person: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Give to"),
        to_field_name="user_id",
        help_text=_(
            "An administrator, or a teacher for whom it waits too; first whom it concerns. They are notified."
        ),
        error_messages={
            "required": _("Choose a person."),
            "invalid_choice": _("Choose an administrator or a teacher of your school."),
        },
    )

    def __init__(self, *args: Any, people: QuerySet[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people

    def options(self) -> list[PersonOption]:
        chosen = self["person"].value()
        return [
            PersonOption(
                one.user_id,
                one.nickname,
                str(one.get_role_display()),
                one.search_name,
                one.user_id == chosen,
            )
            for one in self.fields["person"].queryset
        ]


class SaveViewForm(ViewNameForm):
    """A new view, or new settings of one with this name."""

    fields: dict[str, Any]
    is_shared = forms.BooleanField(label=_("Share with the school"), required=False)
