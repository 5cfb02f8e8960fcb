"""The pages of what went wrong, with the number of the request, by which an entry of the log is found."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views.debug import SafeExceptionReporterFilter
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: the database may be what broke."""
    return HttpResponse(get_template("500.html").render(_number(request)), status=500)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(get_template("400.html").render(_number(request)), status=400)


def _number(request: HttpRequest) -> dict[str, str]:
    return {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}


class NothingTyped(SafeExceptionReporterFilter):
    """An error mail names what was sent by its names alone: any field may hold a key or a password."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request is not None else {}
