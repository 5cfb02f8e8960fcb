"""Pages that forgot to ask whose rows they show, for the tests of what stands beneath."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Enterprise, StudentGroup, User

EVERYBODY = "select user_id from accounts_user order by user_id"


def names() -> list[str]:
    return list(User.objects.order_by("user_id").values_list("user_id", flat=True))


def unscoped(request: HttpRequest) -> HttpResponse:
    return HttpResponse(" ".join(names()))


def raw(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(EVERYBODY)
        return HttpResponse(" ".join(row[0] for row in cursor.fetchall()))


def who(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return HttpResponse(cursor.fetchone()[0])


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        for user_id in User.objects.order_by("user_id").values_list("user_id", flat=True).iterator():
            yield f"{user_id} "

    return StreamingHttpResponse(lines())


def failing(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(" ".join(names()))


def reconnecting(request: HttpRequest) -> HttpResponse:
    connections["default"].close()
    return HttpResponse(" ".join(names()))


def adding(request: HttpRequest, pk: int) -> HttpResponse:
    StudentGroup.objects.create(enterprise=Enterprise(pk=pk), name="Smuggled")
    return HttpResponse("added")


def moving(request: HttpRequest, pk: int) -> HttpResponse:
    StudentGroup.objects.update(enterprise=pk)
    return HttpResponse("moved")


@api_view()
def by_token(request: Request, **kwargs: Any) -> Response:
    return Response(names())


urlpatterns = [
    path("unscoped/", unscoped),
    path("raw/", raw),
    path("who/", who),
    path("streamed/", streamed),
    path("failing/", failing),
    path("reconnecting/", reconnecting),
    path("adding/<int:pk>/", adding),
    path("moving/<int:pk>/", moving),
    path("token/", by_token),
    path("", include("console.urls")),
]
