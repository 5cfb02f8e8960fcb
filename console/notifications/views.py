"""Pages of the user's own notifications."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import ListView, View

from console.notifications.models import Notification
from console.notifications.services import mark_read
from console.notifications.topics import topics_for
from console.notifications.types import NotificationText, notification_text, type_names_of_topic
from console.policy.views import SchoolView, paginate_by_key


@dataclass(frozen=True)
class NoticeSummary:
    """Display of one notification."""

    notice: Notification

    @cached_property
    def words(self) -> NotificationText:
        return notification_text(self.notice.kind, self.notice.args)


class NoticeFilter(forms.Form):
    """Filter of the list, kept in the query string."""

    fields: dict[str, Any]
    STATES = (("", gettext_lazy("all")), ("new", pgettext_lazy("notices", "unread")))

    show = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)
    topic = forms.ChoiceField(label=pgettext_lazy("notices", "About"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = [(topic.name, topic.label) for topic in topics_for(person)]
        self.fields["topic"].choices = [("", _("all content")), *topics]

    def narrow(self, notices: QuerySet[Notification]) -> QuerySet[Notification]:
        """Return the matching notifications; unknown values are ignored."""
        self.is_valid()
        if topic := self.cleaned_data.get("topic"):
            notices = notices.filter(kind__in=type_names_of_topic(topic))
        return notices.filter(read_at=None) if self.cleaned_data.get("show") else notices


class NoticeList(SchoolView, ListView):
    resource, action = "notice", "list"
    queryset = Notification.objects.filter(shown=True)
    template_name = "notifications/notifications.html"
    paginate_by = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.get_queryset()
        filter_form = NoticeFilter(self.request.GET, person=self.request.user)
        page = paginate_by_key(filter_form.narrow(rows), self.request)
        return super().get_context_data(
            title=_("Notifications"),
            filter_form=filter_form,
            keyset=page,
            lines=[NoticeSummary(notice) for notice in page.rows],
            unread=rows.filter(read_at=None).exists(),
            object_list=Notification.objects.none(),
            **kwargs,
        )


class OpenNotice(SchoolView, View):
    """Mark a notification as read and redirect to its page."""

    resource, action = "notice", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = self.get_row(Notification.objects.all(), pk=pk)
        mark_read(Notification.objects.filter(pk=notice.pk))
        is_local = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
        return redirect(notice.link if notice.link and is_local else reverse("notices:notices"))


class MarkNoticesRead(SchoolView, ListView):
    """Mark all notifications of the user as read."""

    resource, action = "notice", "change"
    queryset = Notification.objects.filter(shown=True)
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        mark_read(self.get_queryset())
        return redirect("notices:notices")
