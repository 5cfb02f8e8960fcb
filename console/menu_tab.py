"""A tab of an entry of the menu."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class MenuTab:
    """A page, shown to users who may do `action` on `resource` (console.policy).

    `pages` are the URL names of the pages below it; `count` names what waits there (console.ui.waiting).
    `needs` names a count in the same way: the tab is not shown if it is 0. Tabs with the same `group` stand
    together under that label. `about_reader`: the address has the reader's key. `words` are further words by
    which the search finds it.
    """

    label: str | Promise
    url_name: str
    action: str
    resource: str
    pages: tuple[str, ...] = ()
    count: str = ""
    needs: str = ""
    group: str | Promise = ""
    about_reader: bool = False
    words: str | Promise = ""
