"""Template tags for visits of operators. Load with `{% load visits %}`."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.school.operator_visits import current_visits
from console.policy import current_school, may

register = template.Library()


@register.inclusion_tag("accounts/school/_active_visits.html", takes_context=True)
def current_operator_visits(context: RequestContext) -> dict[str, Any]:
    """Render the current visits, for users who may list them; operators do not see their own."""
    request = context["request"]
    school = current_school(request)
    visible = school is not None and context.get("visit") is None and may(request.user, "list", "visit")
    return {"visits": current_visits(school) if visible else []}
