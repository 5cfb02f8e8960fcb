"""Pages behind the links in e-mails: change e-mail preferences without signing in."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from console.http.language import answer_in_language_of
from console.notifications.preferences import (
    can_disable_emails,
    disable_emails,
    preferences_of,
    save_preferences,
)
from console.notifications.topics import EmailFrequency, topic_of
from console.notifications.unsubscribe_tokens import person_from_token
from console.policy.database_scope import as_owner
from console.policy.masking import mask


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class EmailPreferences(TemplateView):
    """List the topics of a person's e-mails and their frequency.

    The token in the URL is the only permission and no cookie adds to it, so CSRF protection is not needed.
    """

    template_name = "notifications/email_preferences.html"
    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_owner():  # the signed-in user of this browser may belong to another school
            self.person = person_from_token(kwargs["token"])
            if self.person is None or (
                self.requested_topic() and not can_disable_emails(self.requested_topic())
            ):
                raise Http404(_("This link is no longer valid. Use the one in the latest e-mail."))
            draw = partial(super().dispatch, request, *args, **kwargs)
            response = answer_in_language_of(self.person, request, draw)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def requested_topic(self) -> str:
        return str(self.kwargs.get("what", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("E-mail settings"),
            person=self.person,
            address=mask(self.person.e_mail),
            remembered_school=self.person.enterprise,
            choices=preferences_of(self.person),
            email_frequencies=EmailFrequency.choices,
            off=_unsubscribe_label(self.requested_topic()),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        save_preferences(self.person, request.POST, console=False)
        messages.success(request, _("Your settings have been saved."))
        return redirect("notices:mails", kwargs["token"])


class Unsubscribe(EmailPreferences):
    """Confirm turning off one topic or digest. E-mail programs send a one-click POST (RFC 8058)."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        disable_emails(self.person, self.requested_topic())
        done = _("You no longer receive these e-mails.")
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(done, content_type="text/plain; charset=utf-8")
        messages.success(request, done)
        return redirect("notices:mails", kwargs["token"])


def _unsubscribe_label(what: str) -> Any:
    """Return the label of the topic or digest to turn off; empty if there is none."""
    if not what:
        return ""
    digests = {
        EmailFrequency.DAILY: _("the daily e-mail"),
        EmailFrequency.WEEKLY: _("the weekly e-mail"),
    }
    return digests.get(EmailFrequency(what)) if what in digests else topic_of(what).label
