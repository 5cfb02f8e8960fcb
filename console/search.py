"""The search over people, lessons and other rows, and over the pages and acts of the reader."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from console import policy
from console.navigation import LANGUAGES, Menu
from console.navigation_entries import ENTRIES
from console.pinyin import search_name, search_prefix
from console.policy.table import OUTSIDE_ONLY
from console.policy.views import SignedInView
from console.ui.search_sources import (
    MAX_RESULTS,
    SearchablePage,
    SearchResult,
    search_sources,
    searchable_pages,
)

#: Longer texts are cut: each word is another condition for each type of row.
MAX_TEXT, MAX_WORDS = 100, 5


class ResultGroup(NamedTuple):
    """The results of one type. `more_url` leads to the list with all of them, if there may be more."""

    name: str
    label: str | Promise
    icon: str
    results: list[SearchResult]
    more_url: str = ""


def search_everything(request: HttpRequest, text: str, *, as_options: bool = False) -> list[ResultGroup]:
    """Return what the reader may see of all that matches each word of the text, by type.

    With `as_options`, for the search window, further pages are left to the page of the search.
    """
    words = text[:MAX_TEXT].split()[:MAX_WORDS]
    if not words:
        return []
    found = list(_find_pages(request, words))
    more_url = ""
    if as_options and len(found) > MAX_RESULTS:
        found, more_url = found[:MAX_RESULTS], f"{reverse('search')}?{urlencode({'q': ' '.join(words)})}"
    pages = ResultGroup("page", _("Actions, pages and settings"), "list", found, more_url)
    rows = list(_find_rows(request, words)) if policy.current_school(request) is not None else []
    return [group for group in (*rows, pages) if group.results]


def _find_rows(request: HttpRequest, words: list[str]) -> Iterator[ResultGroup]:
    for name, source in search_sources().items():
        results = list(source.find(request.user, words))
        query = urlencode({"q": " ".join(words)})
        more_url = f"{reverse(source.list_url)}?{query}" if len(results) >= MAX_RESULTS else ""
        yield ResultGroup(name, source.label, source.icon, results, more_url)


def _find_pages(request: HttpRequest, words: list[str]) -> Iterator[SearchResult]:
    """Yield the pages whose names, or that of their entry in the menu, contain each word in any language."""
    menu, names = Menu(request), _page_names()
    typed = [(word.casefold(), search_prefix(word)) for word in words]

    def matches(url_name: str, anchor: str = "") -> bool:
        text, pinyin = names[url_name, anchor]
        return all(word in text or (prefix and prefix in pinyin) for word, prefix in typed)

    for entry, tabs in menu.entries.values():
        for tab in tabs:
            if matches(tab.url_name):
                detail = "" if str(entry.label) == str(tab.label) else str(entry.label)
                yield SearchResult(str(tab.label), menu.url_of(tab), detail)
    for page in searchable_pages():
        if matches(page.url_name, page.anchor) and _may_open(request, page):
            url = reverse(page.url_name) + (f"#{page.anchor}" if page.anchor else "")
            yield SearchResult(str(page.label), url, str(page.detail))


def _may_open(request: HttpRequest, page: SearchablePage) -> bool:
    """Return whether the reader may open the page. Outside of a school, most pages have nothing to show."""
    if not page.resource:
        return True
    needs_school = (page.resource, page.action) not in OUTSIDE_ONLY
    if needs_school and policy.current_school(request) is None:
        return False
    return policy.may(request.user, page.action, page.resource)


@cache
def _page_names() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return the names of each page in all languages, and their pinyin, by URL name and anchor."""
    labels = {
        (tab.url_name, ""): (entry.label, tab.label, tab.words) for entry in ENTRIES for tab in entry.tabs
    }
    labels |= {
        (page.url_name, page.anchor): (page.detail, page.label, page.words) for page in searchable_pages()
    }
    names = dict.fromkeys(labels, "")
    for code, _name in LANGUAGES:
        with translation.override(code):
            for key, some in labels.items():
                names[key] += "".join(f"{name}\n" for name in some)
    return {
        key: (text.casefold(), "".join(search_name(name) for name in re.split("[\n、]", text)))
        for key, text in names.items()
    }


class SearchPage(SignedInView, TemplateView):
    """The results for `?q=`. htmx, from the search window of each page, gets them without the page."""

    def get_template_names(self) -> list[str]:
        return ["search/results.html" if self.request.htmx else "search/page.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text, as_options = self.request.GET.get("q", "").strip()[:MAX_TEXT], bool(self.request.htmx)
        return super().get_context_data(
            title=_("Search"),
            text=text,
            groups=search_everything(self.request, text, as_options=as_options),
            as_options=as_options,
            **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> Any:
        response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response
