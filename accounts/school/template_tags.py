"""Template tags of the school: visits of operators, and retention. Load with `{% load school %}`."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.school.operator_visits import current_visits
from accounts.school.retention import CATEGORIES, retention_sentence
from console.policy import current_school, may

register = template.Library()


@register.inclusion_tag("accounts/school/_active_visits.html", takes_context=True)
def current_operator_visits(context: RequestContext) -> dict[str, Any]:
    """Render the current visits, for users who may list them; operators do not see their own."""
    request = context["request"]
    school = current_school(request)
    visible = school is not None and context.get("visit") is None and may(request.user, "list", "visit")
    return {"visits": current_visits(school) if visible else []}


@register.inclusion_tag("accounts/school/_kept.html", takes_context=True)
def kept(context: RequestContext, what: str) -> dict[str, Any]:
    """Say how long the data of this page are kept, by the settings of the school.

    `what` is a retention category (`keep_recordings_days`) or one of `retention.ALWAYS_KEPT`.
    """
    request = context["request"]
    school = current_school(request)
    return {
        "sentence": retention_sentence(school, what) if school is not None else "",
        "may_change": school is not None and what in CATEGORIES and may(request.user, "change", "school"),
    }
