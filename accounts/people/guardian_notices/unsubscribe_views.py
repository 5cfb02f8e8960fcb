"""Page behind the link in the e-mail of a notice: end the notices without signing in."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from accounts.people.guardian_notices.services import end_notices
from accounts.people.guardian_notices.tokens import guardian_from_token
from console.http.language import answer_in_language_of
from console.policy.database_scope import as_owner


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class GuardianMailsOff(TemplateView):
    """Confirm that a guardian is told no more. E-mail programs send a one-click POST (RFC 8058).

    The token in the URL is the only permission and no cookie adds to it, so CSRF protection is not needed.
    """

    template_name = "accounts/people/guardian_notices/unsubscribe.html"
    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_owner():  # the signed-in user of this browser may belong to another school
            self.guardian = guardian_from_token(kwargs["token"])
            if self.guardian is None:
                raise Http404(_("This link is no longer valid. Use the one in the latest e-mail."))
            draw = partial(super().dispatch, request, *args, **kwargs)
            response = answer_in_language_of(self.guardian, request, draw)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guardian: Any = self.guardian
        return super().get_context_data(
            title=_("E-mails about attendance"),
            school=guardian.enterprise,
            remembered_school=guardian.enterprise,
            is_told=guardian.told_attendance,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        guardian: Any = self.guardian
        end_notices(guardian=guardian)
        if "List-Unsubscribe" in request.POST:
            done = _("You no longer receive these e-mails.")
            return HttpResponse(done, content_type="text/plain; charset=utf-8")
        guardian.refresh_from_db(fields=["told_attendance"])
        return self.get(request, *args, **kwargs)
