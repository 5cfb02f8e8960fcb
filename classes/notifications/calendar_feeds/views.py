"""Views of calendar feeds: create a secret URL, revoke it, and serve the feed."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from accounts.models import StudentGroup
from classes.models import Feed
from classes.notifications.calendar_feeds.ical import render_calendar
from classes.notifications.calendar_feeds.tokens import create_feed, find_feed, revoke_feed
from console.inputs.bounds import parse_id
from console.policy import Scope, scope_of, scoped
from console.policy.edit_views import RemoveView
from console.policy.views import SchoolView


class FeedList(SchoolView, TemplateView):
    """The reader's own feed; for readers who run the school also the feeds of groups."""

    resource, action = "feed", "list"
    template_name = "classes/notifications/calendar_feeds/feeds.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        whole = scope_of(reader, "add", "feed") == Scope.SCHOOL
        of_groups = scoped(Feed.objects.exclude(group=None), reader, "feed", "list") if whole else None
        return super().get_context_data(
            title=_("Calendar feeds"),
            own=Feed.objects.filter(person=reader).first(),
            of_groups=of_groups and of_groups.select_related("group", "created_by").order_by("group__name"),
            groups=StudentGroup.objects.filter(enterprise=reader.enterprise_id, archived_at=None).order_by(
                "name"
            )
            if whole
            else None,
            **more,
        )


class FeedAdd(FeedList):
    """Create a feed and show its URL once; `group` selects a group of the school, else the reader's feed."""

    action = "add"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        feed, token = create_feed(by=self.request.user, group=self._group())
        address = f"{settings.PUBLIC_URL}{reverse('classes:feed', args=[token])}"
        response = self.render_to_response(self.get_context_data(made=feed, address=address))
        response["Cache-Control"] = "no-store"
        return response

    def _group(self) -> StudentGroup | None:
        group_id = self.request.POST.get("group", "")
        if not group_id:
            return None
        may_choose = scope_of(self.request.user, "add", "feed") == Scope.SCHOOL
        groups = StudentGroup.objects.filter(enterprise=self.request.user.enterprise_id)
        group = groups.filter(pk=group_id).first() if may_choose and parse_id(group_id) else None
        if group is None:
            raise Http404(_("This group does not exist in your school."))
        return group


class FeedRevoke(RemoveView):
    """Revoke a feed after a confirmation."""

    resource = "feed"
    saved_message = gettext_lazy("The address has been revoked. Calendars that use it are no longer updated.")

    @cached_property
    def feed(self) -> Feed:
        return self.get_row(Feed.objects.select_related("person", "group"), pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("classes:feeds")

    def remove(self, by: Any) -> None:
        revoke_feed(feed=self.feed, by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Revoke the calendar address for %(name)s?") % {"name": self.feed},
            detail=_("Calendars that use it are no longer updated. This address cannot be used again."),
            submit_label=_("Revoke"),
            **more,
        )


@require_safe
def serve_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the calendar behind a secret URL; 304 if the client has this version."""
    feed = find_feed(token)
    if feed is None:
        raise Http404
    body = render_calendar(feed)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="lessons.ics"'
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
