"""The menu of guardians: pages about one child, and the own account. A new page gets a line here."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Guardian


class GuardianTab(NamedTuple):
    """A page about a child. `needs` is the switch of the guardian (told_…) without which there is none;
    `pages` are the URL names below it."""

    label: str | Promise
    url_name: str
    icon: str
    needs: str = ""
    pages: tuple[str, ...] = ()


class GuardianLink(NamedTuple):
    """A link of the menu, as templates/partials/nav.jinja draws it."""

    label: str | Promise
    url: str
    icon: str
    current: str
    counts: str = ""


GUARDIAN_TABS = (
    GuardianTab(_("Timetable"), "classes:guardian_week", "calendar-week"),
    GuardianTab(_("Attendance"), "classes:guardian_marks", "list-check", "told_attendance"),
    GuardianTab(
        _("Leave"), "classes:guardian_leaves", "calendar-pause", "told_leave", ("classes:guardian_leave_add",)
    ),
    GuardianTab(_("Notifications"), "accounts:guardian_notice_list", "bell", "told_attendance"),
)
ACCOUNT = GuardianTab(_("My account"), "accounts:guardian_me", "user-circle")


def guardian_links(guardian: Guardian, here: str) -> list[GuardianLink]:
    """Return the pages about the child of a guardian, and that of the account; `here` is the URL name."""
    links = [
        GuardianLink(tab.label, reverse(tab.url_name, args=[guardian.pk]), tab.icon, _current(tab, here))
        for tab in GUARDIAN_TABS
        if not tab.needs or getattr(guardian, tab.needs)
    ]
    own = reverse(ACCOUNT.url_name)
    return [*links, GuardianLink(ACCOUNT.label, own, ACCOUNT.icon, _current(ACCOUNT, here))]


def _current(tab: GuardianTab, here: str) -> str:
    return "page" if here == tab.url_name else "true" if here in tab.pages else ""
