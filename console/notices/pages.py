"""The reader's own notices."""

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

from console.notices.kinds import Words, kinds_about, words_of
from console.notices.models import Notice
from console.notices.tell import mark_read
from console.notices.topics import topics_for
from console.policy.pages import SchoolPage, keyset


@dataclass(frozen=True)
class Line:
    """A notice as its reader sees it."""

    notice: Notice

    @cached_property
    def words(self) -> Words:
        return words_of(self.notice.kind, self.notice.args)


class NoticeFilter(forms.Form):
    """What narrows the list, kept in its address."""

    STATES = (("", gettext_lazy("all")), ("new", pgettext_lazy("notices", "new")))

    show = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)
    topic = forms.ChoiceField(label=pgettext_lazy("notices", "About"), required=False)

    def __init__(self, *args: Any, person: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        topics = [(one.name, one.label) for one in topics_for(person)]
        self.fields["topic"].choices = [("", _("everything")), *topics]

    def narrow(self, notices: QuerySet[Notice]) -> QuerySet[Notice]:
        """The notices that fit; a value that nobody knows narrows nothing."""
        self.is_valid()
        if topic := self.cleaned_data.get("topic"):
            notices = notices.filter(kind__in=kinds_about(topic))
        return notices.filter(read_at=None) if self.cleaned_data.get("show") else notices


class NoticeList(SchoolPage, ListView):
    resource, action = "notice", "list"
    queryset = Notice.objects.filter(shown=True)
    template_name = "notices/notices.html"
    paginate_by = None

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        rows = self.get_queryset()
        narrowed = NoticeFilter(self.request.GET, person=self.request.user)
        page = keyset(narrowed.narrow(rows), self.request)
        return super().get_context_data(
            title=_("Notices"),
            filter_form=narrowed,
            keyset=page,
            lines=[Line(notice) for notice in page.rows],
            unread=rows.filter(read_at=None).exists(),
            object_list=Notice.objects.none(),
            **more,
        )


class NoticeOpen(SchoolPage, View):
    """Mark a notice as read and go to the page where one acts."""

    resource, action = "notice", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = self.find(Notice.objects.all(), pk=pk)
        mark_read(Notice.objects.filter(pk=notice.pk))
        ours = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
        return redirect(notice.link if notice.link and ours else reverse("notices:notices"))


class NoticesRead(SchoolPage, ListView):
    """Mark all of the reader's notices as read."""

    resource, action = "notice", "change"
    queryset = Notice.objects.filter(shown=True)
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        mark_read(self.get_queryset())
        return redirect("notices:notices")
