"""Decisions about all of some rows: the page carries those it showed, so that no later row is decided unseen.

    form = ShownRowsForm(initial={"shown": join_keys(rows)})
    keep_marks(seen=form.cleaned_data["shown"], …)

The confirmation (`generic/confirm.html`) has the hidden input.
"""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.inputs.bounds import parse_ids


class ShownRowsForm(forms.Form):
    """A confirmation with the keys of the rows that it showed."""

    shown = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={"required": _("This page shows nothing to decide. Go back and open it again.")},
    )

    def clean_shown(self) -> list[int]:
        return parse_ids(self.cleaned_data["shown"].split())


def join_keys(keys: Iterable[int]) -> str:
    """Return keys as the value of the hidden input."""
    return " ".join(map(str, keys))


def left_open_message(number: int) -> str:
    """Say how many rows stay as they are because the page did not show them; empty if none do."""
    text = ngettext(
        "%(n)d more entry was not on the page and stays open.",
        "%(n)d more entries were not on the page and stay open.",
        number,
    )
    return text % {"n": number} if number else ""
