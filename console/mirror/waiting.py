"""What waits for a decision: rows that differ from iclass."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console.mirror.filters import undecided_rows
from console.ui.badges import sync_badge
from console.ui.waiting import Listing, WaitingRow, register_waiting


def _differing_row(row: Any) -> WaitingRow:
    meta = row._meta
    url = reverse("mirror:difference", args=[f"{meta.model_name}-{row.pk}"])
    return WaitingRow(f"{meta.verbose_name}: {row}", url, sync_badge(row.sync_state).word)


register_waiting(
    "differences",
    undecided_rows,
    ngettext_lazy("%(n)d difference to resolve", "%(n)d differences to resolve", "n"),
    Listing(
        place=41,
        icon="arrows-diff",
        tone="warn",
        act=_("Compare"),
        url=lambda: reverse("mirror:differences"),
        row=_differing_row,
    ),
)
