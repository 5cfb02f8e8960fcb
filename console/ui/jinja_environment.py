"""Jinja environment for rows of long tables, which Django's templates render too slowly.

See docs/decisions/0035-html-in-templates.md. A page is a Django template; it renders such rows with the tag
`jinja` of `console.ui.template_tags`.
"""

from datetime import datetime, tzinfo
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined

from console.ui import template_tags


def url_pattern(name: str) -> str:
    """Return the address of a page about one row, with `%d` in place of the key: rows fill it in."""
    return reverse(name, args=[0]).replace("/0/", "/%d/", 1)


#: A row calls filters, not functions: Jinja calls a function through its context, which takes longer.
FUNCTIONS = {
    "_": gettext,
    "url": reverse,
    "url_pattern": url_pattern,
    "icon": template_tags.icon,
    "current_timezone": timezone.get_current_timezone,
    "format_time_zone": template_tags.format_time_zone,
}


def environment(**options: Any) -> Environment:
    """Return an environment that escapes every value and raises an error for an unknown name."""
    strict = options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**strict, extensions=["jinja2.ext.do"])
    made.globals.update(FUNCTIONS)
    made.filters.update(
        age=template_tags.age,
        duration=template_tags.duration,
        hue=template_tags.hue,
        icon=template_tags.icon,
        initials=template_tags.initials,
        isoformat=datetime.isoformat,
        moment=template_tags.moment,
        percent=template_tags.percent,
        person=template_tags.person,
        seconds_since=template_tags.seconds_since,
        state_tag=template_tags.state_tag,
        strftime=_strftime,
        sync_badge=template_tags.sync_badge_tag,
        time_span=template_tags.time_span,
        when=template_tags.when,
    )
    return made


def _strftime(at: datetime | None, zone: tzinfo, pattern: str) -> str:
    """Format a moment in a zone, which the template looks up once; empty if there is none."""
    return at.astimezone(zone).strftime(pattern) if at else ""
