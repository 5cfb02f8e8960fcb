"""Pages of the user's own notifications."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import ListView, View

from console.inputs.bounds import parse_datetime
from console.notifications.channels.answers import state_text, waiting_text
from console.notifications.channels.models import Delivery
from console.notifications.channels.queue import STOPPED
from console.notifications.models import Message, Notification
from console.notifications.services import mark_read, send_notice_again
from console.notifications.topics import topics_for
from console.notifications.types import NotificationText, notification_text, type_names_of_topic
from console.policy.views import SchoolView, paginate_by_key

TONES = {
    Delivery.WAITING: "busy",
    Delivery.SENDING: "busy",
    Delivery.DELIVERED: "ok",
    Delivery.REFUSED: "bad",
    Delivery.UNKNOWN: "warn",
}
MAIL_TONES = {
    Notification.Mail.WAITING: "busy",
    Notification.Mail.SENDING: "busy",
    Notification.Mail.SENT: "ok",
    Notification.Mail.FAILED: "bad",
}


class ChannelState(NamedTuple):
    """How a notification left through one channel."""

    channel: str
    text: str
    tone: str


@dataclass(frozen=True)
class NoticeSummary:
    """Display of one notification, with its messages."""

    notice: Notification
    messages: list[Message] = field(default_factory=list)

    @cached_property
    def words(self) -> NotificationText:
        return notification_text(self.notice.kind, self.notice.args)

    @property
    def states(self) -> list[ChannelState]:
        found = [
            ChannelState(str(one.app), state_text(one), TONES[Delivery(one.delivery)])
            for one in self.messages
        ]
        mail = Notification.Mail(self.notice.mail)
        if mail in MAIL_TONES:
            text = waiting_text(self.notice.mail_due_at) if mail == mail.WAITING else str(mail.label)
            found.insert(0, ChannelState(_("E-mail"), text, MAIL_TONES[mail]))
        return found

    @property
    def may_send_again(self) -> bool:
        failed = self.notice.mail == Notification.Mail.FAILED
        return failed or any(one.delivery in STOPPED for one in self.messages)


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
            lines=_summaries(page.rows),
            unread=rows.filter(read_at=None).exists(),
            drawn_at=timezone.now().isoformat(),
            object_list=Notification.objects.none(),
            **kwargs,
        )


def _summaries(rows: list[Notification]) -> list[NoticeSummary]:
    """Return rows with their messages. Uses one query."""
    by_notice: dict[int | None, list[Message]] = {}
    for one in Message.objects.filter(notice__in=rows).select_related("app").order_by("id"):
        by_notice.setdefault(one.notice_id, []).append(one)
    return [NoticeSummary(row, by_notice.get(row.pk, [])) for row in rows]


class SendAgain(SchoolView, View):
    """Send what did not leave of a notification again."""

    resource, action = "notice", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = self.get_row(Notification.objects.all(), pk=pk)
        if send_notice_again(notice):
            self.success(_("It is sent again within seconds."))
        else:
            messages.error(request, _("It is being sent already."))
        return redirect("notices:notices")


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
    """Mark the notifications of the user as read, but none that came after the page (`until`)."""

    resource, action = "notice", "change"
    queryset = Notification.objects.filter(shown=True)
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if until := parse_datetime(request.POST.get("until", "")):
            mark_read(self.get_queryset().filter(created_at__lte=until))
        return redirect("notices:notices")
