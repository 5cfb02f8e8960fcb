"""The address behind the Undo button of a message."""

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
        try:
            is_sent = take_back(request.POST.get("ticket", ""), request.user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            self.success(
                _("Taken back. Nothing was sent to iclass.") if is_sent else pgettext("undo", "Taken back.")
            )
        page = request.POST.get("next", "")
        ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
        return redirect(page if ours else "classes:home")
