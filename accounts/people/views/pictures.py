"""Public URLs of pictures and logos. They need no sign-in; the CSP prevents scripts."""

from csp.constants import NONE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import Avatar, SchoolLogo
from console.policy.database_scope import as_owner


@require_safe
@cache_control(public=True, max_age=86_400, immutable=True)
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]  # django-csp knows no arguments
def serve_picture(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a picture to anyone who has its URL, across schools."""
    name, _dot, kind = token.rpartition(".")
    with as_owner():
        image = Avatar.objects.filter(token=name, kind=kind).first()
    if image is None:
        raise Http404
    return _image_response(image)


@require_safe
@cache_control(public=True, max_age=86_400, immutable=True)
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]  # django-csp knows no arguments
def serve_logo(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the logo of a school, which the sign-in page shows."""
    name, _dot, kind = token.rpartition(".")
    with as_owner():
        image = SchoolLogo.objects.filter(token=name, kind=kind).first()
    if image is None:
        raise Http404
    return _image_response(image)


def _image_response(image: Avatar | SchoolLogo) -> HttpResponse:
    response = HttpResponse(bytes(image.content), content_type=Avatar.Kind(image.kind).label)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # classrooms of iclass show it
    return response
