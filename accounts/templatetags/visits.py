"""What a school sees of the platform's operators. Load with `{% load visits %}`."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.operator import visits_now
from console.policy import current_school, may

register = template.Library()


@register.inclusion_tag("accounts/_visits_now.html", takes_context=True)
def visits_here(context: RequestContext) -> dict[str, Any]:
    """The operators who are in the school now, for those who may see it; no news to themselves."""
    request = context["request"]
    school = current_school(request)
    told = school is not None and context.get("visit") is None and may(request.user, "list", "visit")
    return {"visits": visits_now(school) if told else []}
