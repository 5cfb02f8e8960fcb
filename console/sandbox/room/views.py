"""The classroom page and the front page. Everything that happens in the room goes through /saas/v1."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.static import serve

from ..store.models import Classroom
from .language import COOKIE
from .phrases import phrases

STATIC = Path(__file__).parent / "static"
YEAR = 31_536_000


def front(request: HttpRequest) -> HttpResponse:
    """What this service is, and what it is not."""
    return render(request, "front.html", {"languages": settings.LANGUAGES})


def room(request: HttpRequest, sdkappid: int, class_id: int, side: int) -> HttpResponse:
    """The classroom. `side` (0 teacher, 1 student) only changes the greeting: rights go with the person."""
    known = side in (0, 1) and max(sdkappid, class_id) < 2**63
    found = known and (
        Classroom.objects.select_related("enterprise")
        .filter(enterprise__sdkappid=sdkappid, class_id=class_id, deleted=False)
        .first()
    )
    if not found:
        return render(request, "missing.html", {"languages": settings.LANGUAGES}, status=404)
    words = phrases()
    page = {
        "sdkappid": sdkappid,
        "class_id": class_id,
        "side": side,
        "topic": found.topic,
        "school": found.enterprise.name,
        "teacher_side": side == 0,
        "public": found.class_type == "public",
        "state": found.status,
        "state_word": words["status"][found.status],
        "phrases": words,
        "languages": settings.LANGUAGES,
    }
    return render(request, "room.html", page)


def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember a language and go back to a page of ours."""
    target = request.GET.get("next", "/")
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        target = "/"
    response = HttpResponseRedirect(target)
    if code in dict(settings.LANGUAGES):
        response.set_cookie(COOKIE, code, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def static(request: HttpRequest, name: str) -> HttpResponse:
    """Our own style sheet and scripts."""
    if not (STATIC / name).is_file():
        raise Http404
    response = serve(request, name, document_root=str(STATIC))
    response["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]
