"""The navigation of a page: the entries of the menu, the tabs of the current entry, the bar of a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject

from console import policy
from console.navigation_entries import ENTRIES, PHONE_BARS, MenuEntry, Shortcut
from console.navigation_tabs import MenuTab
from console.ui.menu_counts import count_text, count_waiting
from console.ui.template_tags import format_time_zone

THEMES = ("light", "dark", "auto")
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
#: The count beside the bell.
BELL_COUNT = "notices"
#: A larger number is shown as "99+".
MOST_SHOWN = 99


@dataclass(frozen=True)
class Waiting:
    """How much waits behind a link: the number, and the words for screen readers."""

    number: int = 0
    text: str = ""

    @property
    def badge(self) -> str:
        """The number as short as a badge has room for."""
        return f"{MOST_SHOWN}+" if self.number > MOST_SHOWN else str(self.number)


@dataclass(frozen=True)
class MenuLink:
    """An entry, a tab or a shortcut for one reader.

    `current` is "page", "true" (another page of the entry, or one below the tab) or empty.
    """

    label: str | Promise
    url: str
    current: str
    waiting: Waiting
    icon: str = ""


@dataclass(frozen=True)
class TabGroup:
    """Tabs that stand together; most have no label."""

    label: str | Promise
    links: list[MenuLink]


@dataclass(frozen=True)
class TabRow:
    """The tabs of the current entry, which gives the row its label."""

    label: str | Promise
    groups: list[TabGroup]


class Menu:
    """The menu of one reader on one page; empty for visitors, and for operators outside of a school."""

    def __init__(self, request: HttpRequest) -> None:
        self.user: Any = getattr(request, "user", None)
        self.has_school = policy.current_school(request) is not None
        match = request.resolver_match
        self.here = match.view_name if match else ""

    @cached_property
    def entries(self) -> dict[str, tuple[MenuEntry, list[MenuTab]]]:
        """The entries that the reader may open by their names, each with the tabs that they may open."""
        if not self.has_school:
            return {}
        found = [(entry, [tab for tab in entry.tabs if self._may_open(tab)]) for entry in ENTRIES]
        return {entry.name: (entry, tabs) for entry, tabs in found if tabs}

    @cached_property
    def current_tab(self) -> MenuTab | None:
        """The tab that this page is, or the first one that it is below of."""
        tabs = [tab for _entry, tabs in self.entries.values() for tab in tabs]
        exact = (tab for tab in tabs if tab.url_name == self.here)
        return next(exact, next((tab for tab in tabs if self.here in tab.pages), None))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How much waits, by the names of counts: one query for all entries, tabs and the bell."""
        names = {tab.count for _entry, tabs in self.entries.values() for tab in tabs if tab.count}
        return count_waiting(self.user, names | {BELL_COUNT} if self.has_school else names)

    def links(self) -> list[MenuLink]:
        """Return the entries."""
        return [self._entry_link(entry, tabs) for entry, tabs in self.entries.values()]

    def tab_row(self) -> TabRow | None:
        """Return the tabs of the current entry; None if there are fewer than two."""
        for entry, tabs in self.entries.values():
            if self.current_tab in tabs and len(tabs) > 1:
                grouped = groupby(tabs, key=lambda tab: tab.group)
                groups = [TabGroup(label, [self._tab_link(tab) for tab in some]) for label, some in grouped]
                return TabRow(entry.label, groups)
        return None

    def phone_links(self) -> list[MenuLink]:
        """Return the shortcuts of the reader's role that they may open."""
        bar = PHONE_BARS.get(policy.role_of(self.user), ()) if self.entries else ()
        links = [self._shortcut(one) if isinstance(one, Shortcut) else self._named(one) for one in bar]
        return [link for link in links if link is not None]

    def _named(self, name: str) -> MenuLink | None:
        return self._entry_link(*self.entries[name]) if name in self.entries else None

    def _shortcut(self, shortcut: Shortcut) -> MenuLink | None:
        for _entry, tabs in self.entries.values():
            for tab in tabs:
                if tab.url_name == shortcut.url_name:
                    return self._tab_link(tab, label=shortcut.label, icon=shortcut.icon)
        return None

    def _entry_link(self, entry: MenuEntry, tabs: Sequence[MenuTab]) -> MenuLink:
        first = tabs[0]
        current = "page" if self.here == first.url_name else "true" if self.current_tab in tabs else ""
        return MenuLink(entry.label, self.url_of(first), current, self._waiting(tabs), entry.icon)

    def _tab_link(self, tab: MenuTab, label: str | Promise = "", icon: str = "") -> MenuLink:
        current = "page" if self.here == tab.url_name else "true" if self.current_tab == tab else ""
        return MenuLink(label or tab.label, self.url_of(tab), current, self._waiting([tab]), icon)

    def _waiting(self, tabs: Iterable[MenuTab]) -> Waiting:
        found = [(tab.count, self.numbers[tab.count]) for tab in tabs if tab.count]
        texts = [count_text(name, number) for name, number in found if number]
        return Waiting(sum(number for _name, number in found), ", ".join(texts))

    def _may_open(self, tab: MenuTab) -> bool:
        """Return whether the reader may open the page, and the app that has it is installed."""
        return policy.may(self.user, tab.action, tab.resource) and bool(self.url_of(tab))

    def url_of(self, tab: MenuTab) -> str:
        """Return the address of a page; empty if no app has it."""
        try:
            return reverse(tab.url_name, args=[self.user.pk] if tab.about_reader else [])
        except NoReverseMatch:
            return ""


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page.

    nav: list of MenuLink, empty for a visitor · nav_tabs: the TabRow of the page, or None · nav_phone: the
    links of the bottom bar on a small screen · school: the current enterprise, or None · visit: an operator's
    visit to a school, or None · zone: the display name of the page's time zone · theme: "light", "dark" or
    "auto" · languages: pairs of code and own name · unread_notices: the number beside the bell.
    """
    menu = Menu(request)
    return {
        "nav": SimpleLazyObject(menu.links),
        "nav_tabs": SimpleLazyObject(menu.tab_row),
        "nav_phone": SimpleLazyObject(menu.phone_links),
        "school": policy.current_school(request),
        "visit": getattr(request, "visit", None),
        "zone": SimpleLazyObject(format_time_zone),
        "theme": get_theme(request),
        "languages": LANGUAGES,
        "unread_notices": SimpleLazyObject(lambda: menu.numbers.get(BELL_COUNT, 0)),
    }


def get_theme(request: HttpRequest) -> str:
    """Return the colour theme, stored in a cookie so that it applies from the first paint."""
    cookies = request.COOKIES  # the name is set by static/js/theme.js, with a prefix under HTTPS
    chosen = cookies.get("__Host-theme") or cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"
