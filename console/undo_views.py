"""The address behind the Undo button of a message."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import View

from console.policy.views import SignedInView
from console.undo import take_back


class TakeBack(SignedInView, View):
    """Take an act back, and return to the page with the button."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        return answer_undo(request, request.user, "classes:home")


def answer_undo(request: HttpRequest, by: Any, home: str) -> HttpResponse:
    """Take back the act of the posted ticket, and redirect to the page with the button, or to `home`."""
    try:
        is_sent = take_back(request.POST.get("ticket", ""), by)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        done = _("Taken back. Nothing was sent to iclass.") if is_sent else pgettext("undo", "Taken back.")
        messages.success(request, done)
    page = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return redirect(page if ours else home)
