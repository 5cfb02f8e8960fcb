"""What was typed in the forms of a page, kept while the page is loaded anew in the other language.

The browser sends the entries with the choice (static/js/form.js), without passwords and files. They wait in
the session, once and for the address of that page alone: nothing is stored in the browser.
"""

import json
from contextlib import suppress
from typing import Any

from django.http import HttpRequest

SESSION_KEY = "form_entries"
#: A lesson with thousands of people has fewer; more are not kept.
MOST_CHARACTERS = 200_000


def keep_entries(request: HttpRequest) -> None:
    """Keep the posted `entries`, a JSON list, for the page at `next`; others are ignored."""
    posted = request.POST.get("entries", "")
    if not posted or len(posted) > MOST_CHARACTERS:
        return
    with suppress(ValueError, RecursionError):
        entries = json.loads(posted)
        if isinstance(entries, list):
            request.session[SESSION_KEY] = {"page": request.POST.get("next", ""), "entries": entries}


def take_entries(request: HttpRequest) -> list[Any]:
    """Return the entries if they were kept for this page; whichever page asks, they are gone."""
    session = getattr(request, "session", {})
    if request.method != "GET" or SESSION_KEY not in session:
        return []
    kept: dict[str, Any] = session.pop(SESSION_KEY)
    entries: list[Any] = kept["entries"] if kept["page"] == request.get_full_path() else []
    return entries
