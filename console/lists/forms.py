"""Forms of saved views."""

from typing import Any

from django import forms
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


class SaveViewForm(ViewNameForm):
    """A new view, or new settings of one with this name."""

    fields: dict[str, Any]
    is_shared = forms.BooleanField(label=_("Share with the school"), required=False)
