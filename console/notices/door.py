"""The page behind the address in a mail: who has it chooses which mails come, without signing in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from console.notices.topics import Mail, topic_of
from console.notices.unsubscribing import person_of
from console.notices.wishes import can_be_turned_off, choices_of, keep, turn_off
from console.policy.masking import mask
from console.policy.scope import as_owner


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class MailsChoice(TemplateView):
    """Every sort of mail that the person can get, and when it comes.

    The address is the permission, and no cookie adds to it: so there is nothing to forge.
    """

    template_name = "notices/mails.html"
    http_method_names = ["get", "head", "post", "options"]
    what = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_owner():  # whoever is signed in here may be of another school
            self.person = person_of(kwargs["token"])
            if self.person is None or (self.what_asked() and not can_be_turned_off(self.what_asked())):
                raise Http404(_("This address does not hold any more. The newest mail has one that does."))
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(self.person.language or settings.LANGUAGE_CODE)
                request.LANGUAGE_CODE = translation.get_language()
            answer = super().dispatch(request, *args, **kwargs)
            if hasattr(answer, "render"):
                answer.render()
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    def what_asked(self) -> str:
        return self.kwargs.get("what", "")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Mails to you"),
            person=self.person,
            address=mask(self.person.e_mail),
            door_school=self.person.enterprise,
            choices=choices_of(self.person),
            whens=Mail.choices,
            off=_named(self.what_asked()),
            **more,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keep(self.person, request.POST, console=False)
        messages.success(request, _("Your choice is kept."))
        return redirect("notices:mails", kwargs["token"])


class MailsOff(MailsChoice):
    """Asks whether one sort of mail shall come no more. A mail program says so itself, by one POST."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        turn_off(self.person, self.what_asked())
        done = _("These mails do not come any more.")
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(done, content_type="text/plain; charset=utf-8")
        messages.success(request, done)
        return redirect("notices:mails", kwargs["token"])


def _named(what: str) -> Any:
    """What would be turned off, in words; empty where nothing is asked."""
    if not what:
        return ""
    digests = {Mail.DAILY: _("the mail of each day"), Mail.WEEKLY: _("the mail of each week")}
    return digests.get(Mail(what)) if what in digests else topic_of(what).label
