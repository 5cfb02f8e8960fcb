"""Template tags for people. Load with `{% load people %}`."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.models import User
from accounts.people.actions import actions_for
from console.policy import field_action, visible_value

register = template.Library()


@register.simple_tag(takes_context=True)
def contact(context: RequestContext, person: User, name: str, action: str = "view") -> str:
    """Return `phone_no` or `e_mail` of a person, masked or empty unless the user may see it on this page."""
    user = context["user"]
    action = field_action(user, action, "person", person)
    return visible_value(user, action, "person", name, getattr(person, name))


@register.inclusion_tag("accounts/people/_actions.html", takes_context=True)
def person_actions(context: RequestContext, person: User, part: str = "") -> dict[str, Any]:
    """Render the buttons of the actions that the user may perform on a person.

    All of them, or a part: "sync" for those about iclass alone, "account" for the others.
    """
    acts = [act for act in actions_for(context["user"], person) if act.prompt != "place"]
    if part:
        acts = [act for act in acts if act.is_about_sync == (part == "sync")]
    return {
        "person": person,
        "acts": acts,
        "csrf_token": context.get("csrf_token"),
    }
