"""Acts outside of their usual time: a service asks before it runs one.

    @service
    def start_lesson(*, lesson, by, confirmed=False):
        stored = lock_lesson(lesson)
        require_confirmation(start_consequences(stored), confirmed)

A page shows the consequences and asks with a `ConfirmForm` (templates/generic/confirm.html). REST confirms: a
program says what it wants.
"""

from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError


class ConfirmationNeeded(ValidationError):
    """The act was not done, because it is not the usual time for it; the messages say what would happen."""


def require_confirmation(consequences: Sequence[str], confirmed: bool) -> None:
    """Raise ConfirmationNeeded if there are consequences that nobody has confirmed."""
    if consequences and not confirmed:
        raise ConfirmationNeeded(list(consequences))


class ConfirmForm(forms.Form):
    """Whether the consequences were shown; the page fills it in."""

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
