"""People on pages. Load with `{% load people %}`."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.acts import acts_for
from accounts.models import User
from console.policy import shown

register = template.Library()


@register.simple_tag(takes_context=True)
def contact(context: RequestContext, person: User, name: str, action: str = "view") -> str:
    """`phone_no` or `e_mail` of a person as this reader may see it on a page of this action."""
    return shown(context["user"], action, "person", name, getattr(person, name))


@register.inclusion_tag("accounts/_acts.html", takes_context=True)
def person_acts(context: RequestContext, person: User) -> dict[str, Any]:
    """The buttons of all that this reader may do to a person."""
    return {
        "person": person,
        "acts": acts_for(context["user"], person),
        "csrf_token": context.get("csrf_token"),
    }
