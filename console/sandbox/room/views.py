"""Classroom page and front page. Everything that happens in the classroom uses /saas/v1."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.static import serve

from console.sandbox.room.language import COOKIE
from console.sandbox.room.phrases import script_phrases
from console.sandbox.store.models import Classroom

STATIC = Path(__file__).parent / "static"
#: Scripts of npm packages that the classroom loads, by file name; `make install` installs them.
NODE_MODULES = Path(__file__).resolve().parents[3] / "node_modules"
PACKAGE_FILES = {"spark-md5.min.js": NODE_MODULES / "spark-md5"}
YEAR = 31_536_000


def front_page(request: HttpRequest) -> HttpResponse:
    """Show what this service is, and what it is not."""
    return render(request, "front.html", {"languages": settings.LANGUAGES})


def room(request: HttpRequest, sdkappid: int, class_id: int, side: int) -> HttpResponse:
    """Show the classroom. `side` (0 teacher, 1 student) only changes the greeting."""
    known = side in (0, 1) and max(sdkappid, class_id) < 2**63
    found = known and (
        Classroom.objects.select_related("enterprise")
        .filter(enterprise__sdkappid=sdkappid, class_id=class_id, deleted=False)
        .first()
    )
    if not found:
        return render(request, "missing.html", {"languages": settings.LANGUAGES}, status=404)
    words = script_phrases()
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


def set_language(request: HttpRequest, code: str) -> HttpResponse:
    """Store the language and redirect to a page of this service."""
    target = request.GET.get("next", "/")
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        target = "/"
    response = HttpResponseRedirect(target)
    if code in dict(settings.LANGUAGES):
        response.set_cookie(COOKIE, code, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the style sheet, the scripts, and the listed files of npm packages."""
    folder = PACKAGE_FILES.get(name, STATIC)
    if not (folder / name).is_file():
        raise Http404
    response = serve(request, name, document_root=str(folder))
    response["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]  # a FileResponse
