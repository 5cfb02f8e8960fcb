"""The navigation of a page: the entries of the menu, the tabs of the current entry, the bar of a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise, SimpleLazyObject

from console import policy
from console.http.form_entries import take_entries
from console.menu_tab import MenuTab
from console.navigation_entries import ENTRIES, PHONE_BARS, MenuEntry, Shortcut
from console.ui.template_tags import format_time_zone
from console.ui.waiting import count_waiting

THEMES = ("light", "dark", "auto")
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
#: The count beside the bell.
BELL_COUNT = "notices"


@dataclass(frozen=True)
class MenuLink:
    """An entry, a tab or a shortcut for one reader.

    `current` is "page", "true" (another page of the entry, or one below the tab) or empty. `counts` are the
    names of what is counted behind it, with spaces between them; static/js/menu-counts.js shows the numbers.
    """

    label: str | Promise
    url: str
    current: str
    counts: str = ""
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
        """The entries with a tab for the reader by their names, each with these tabs."""
        found = [
            (entry, [tab for tab in tabs if not tab.needs or self.needed[tab.needs]])
            for entry, tabs in self.permitted
        ]
        return {entry.name: (entry, tabs) for entry, tabs in found if tabs}

    @cached_property
    def permitted(self) -> list[tuple[MenuEntry, list[MenuTab]]]:
        """The entries, each with the tabs that the reader may open, also those that are not shown today."""
        if not self.has_school:
            return []
        return [(entry, [tab for tab in entry.tabs if self._may_open(tab)]) for entry in ENTRIES]

    @cached_property
    def current_tab(self) -> MenuTab | None:
        """The tab that this page is, or the first one that it is below of."""
        tabs = [tab for _entry, tabs in self.entries.values() for tab in tabs]
        exact = (tab for tab in tabs if tab.url_name == self.here)
        return next(exact, next((tab for tab in tabs if self.here in tab.pages), None))

    @cached_property
    def needed(self) -> dict[str, int]:
        """How much there is of what a tab is shown for, by the names of counts: one query, or none."""
        return count_waiting(self.user, {tab.needs for tab in self._permitted_tabs if tab.needs})

    @property
    def _permitted_tabs(self) -> list[MenuTab]:
        return [tab for _entry, tabs in self.permitted for tab in tabs]

    def numbers(self) -> dict[str, int]:
        """Return how much waits, by the names of counts: one query for all entries, tabs and the bell."""
        if not self.has_school:
            return {}
        return count_waiting(
            self.user, {BELL_COUNT, *(tab.count for tab in self._permitted_tabs if tab.count)}
        )

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
        return MenuLink(entry.label, self.url_of(first), current, _counts(tabs), entry.icon)

    def _tab_link(self, tab: MenuTab, label: str | Promise = "", icon: str = "") -> MenuLink:
        current = "page" if self.here == tab.url_name else "true" if self.current_tab == tab else ""
        return MenuLink(label or tab.label, self.url_of(tab), current, _counts([tab]), icon)

    def _may_open(self, tab: MenuTab) -> bool:
        """Return whether the reader may open the page, and the app that has it is installed."""
        return policy.may(self.user, tab.action, tab.resource) and bool(self.url_of(tab))

    def url_of(self, tab: MenuTab) -> str:
        """Return the address of a page; empty if no app has it."""
        if tab.about_reader:
            return _address(tab.url_name, get_script_prefix(), settings.ROOT_URLCONF, self.user.pk)
        return _address(tab.url_name, get_script_prefix(), settings.ROOT_URLCONF)


@lru_cache(maxsize=1000)
def _address(url_name: str, _prefix: str, _urlconf: str, *args: int) -> str:
    """Return an address, which follows from the arguments: a menu has forty of them, twice on each page."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def _counts(tabs: Iterable[MenuTab]) -> str:
    return " ".join(tab.count for tab in tabs if tab.count)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page.

    nav: list of MenuLink, empty for a visitor · nav_tabs: the TabRow of the page, or None · nav_phone: the
    links of the bottom bar on a small screen · school: the current enterprise, or None · visit: an operator's
    visit to a school, or None · zone: the display name of the page's time zone · theme: "light", "dark" or
    "auto" · languages: pairs of code and own name · kept_entries: what was typed before the language changed.
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
        "kept_entries": partial(take_entries, request),
    }


def get_theme(request: HttpRequest) -> str:
    """Return the colour theme, stored in a cookie so that it applies from the first paint."""
    cookies = request.COOKIES  # the name is set by static/js/theme.js, with a prefix under HTTPS
    chosen = cookies.get("__Host-theme") or cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"
