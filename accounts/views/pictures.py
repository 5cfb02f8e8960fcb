"""The public addresses of pictures and logos: whoever has one sees it, and no script can run from it."""

from csp.constants import NONE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import Logo, Picture
from console.policy.scope import as_owner


@require_safe
@cache_control(public=True, max_age=86_400, immutable=True)
@csp({"default-src": [NONE], "sandbox": True})
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The address is the right to see it, of whatever school the reader is."""
    name, _dot, kind = token.rpartition(".")
    with as_owner():
        found = Picture.objects.filter(token=name, kind=kind).first()
    if found is None:
        raise Http404
    return _served(found)


@require_safe
@cache_control(public=True, max_age=86_400, immutable=True)
@csp({"default-src": [NONE], "sandbox": True})
def logo(request: HttpRequest, token: str) -> HttpResponse:
    """The logo of a school; the door shows it to people who have not signed in yet."""
    name, _dot, kind = token.rpartition(".")
    with as_owner():
        found = Logo.objects.filter(token=name, kind=kind).first()
    if found is None:
        raise Http404
    return _served(found)


def _served(found: Picture | Logo) -> HttpResponse:
    response = HttpResponse(bytes(found.content), content_type=Picture.Kind(found.kind).label)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # classrooms of iclass show it
    return response
