"""Calendar feeds: making the secret address, taking it back, and answering it."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView, View

from accounts.models import StudentGroup
from classes.feeds.ical import calendar_of
from classes.feeds.keeping import feed_of, make_feed, revoke_feed
from classes.models import Feed
from console.policy import Scope, scope_of, scoped
from console.policy.pages import SchoolPage


class Feeds(SchoolPage, TemplateView):
    """The reader's own feed, and those of groups where the reader runs the school."""

    resource, action = "feed", "list"
    template_name = "classes/feeds.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        whole = scope_of(reader, "add", "feed") == Scope.SCHOOL
        of_groups = scoped(Feed.objects.exclude(group=None), reader, "feed", "list") if whole else None
        return super().get_context_data(
            title=_("Lessons in your calendar"),
            own=Feed.objects.filter(person=reader).first(),
            of_groups=of_groups and of_groups.select_related("group", "created_by").order_by("group__name"),
            groups=StudentGroup.objects.filter(enterprise=reader.enterprise_id, archived_at=None).order_by(
                "name"
            )
            if whole
            else None,
            **more,
        )


class FeedAdd(Feeds):
    """Make a feed and show its address, this once; `group` names one of the school's, else one's own."""

    action = "add"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        feed, token = make_feed(by=request.user, group=self._group())
        address = f"{settings.PUBLIC_URL}{reverse('classes:feed', args=[token])}"
        response = self.render_to_response(self.get_context_data(made=feed, address=address))
        response["Cache-Control"] = "no-store"
        return response

    def _group(self) -> StudentGroup | None:
        asked = self.request.POST.get("group", "")
        if not asked:
            return None
        whole = scope_of(self.request.user, "add", "feed") == Scope.SCHOOL
        groups = StudentGroup.objects.filter(enterprise=self.request.user.enterprise_id)
        found = groups.filter(pk=asked).first() if whole and asked.isdecimal() else None
        if found is None:
            raise Http404(_("There is no such group in your school."))
        return found


class FeedRevoke(SchoolPage, View):
    """The address answers nothing any more."""

    resource, action = "feed", "delete"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        revoke_feed(feed=self.find(Feed.objects.select_related("person", "group"), pk=pk), by=request.user)
        self.say(_("The address is taken back. Calendars that used it get nothing any more."))
        return redirect("classes:feeds")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address; 304 where the asking program has it already."""
    found = feed_of(token)
    if found is None:
        raise Http404
    body = calendar_of(found)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="lessons.ics"'
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
