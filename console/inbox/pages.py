"""The desk of what comes in: the list of callbacks, one with its body, and handling one again."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, View

from console.badges import Badge
from console.inbox.health import health_of
from console.inbox.models import Callback
from console.inbox.redact import redacted, redacted_text
from console.inbox.replay import MOST, Replayed, replay, replay_many
from console.inbox.words import EVENTS, STATES, event_words, next_step, reason_words
from console.policy.pages import SchoolPage, keyset
from console.policy.rules import scoped


@dataclass(frozen=True)
class Line:
    """A callback as people read it."""

    callback: Callback

    @property
    def what(self) -> str | Promise:
        return event_words(self.callback.event)

    @property
    def badge(self) -> Badge:
        return STATES[self.callback.state]

    @property
    def reason(self) -> str | Promise:
        return reason_words(self.callback.reason)

    @property
    def next_step(self) -> str | Promise:
        return next_step(self.callback)

    @property
    def body(self) -> str:
        """What was sent, without what opens a door."""
        body = self.callback.body
        return redacted_text(self.callback.unreadable) if body is None else redacted(body)


class CallbackFilter(forms.Form):
    """The part of the address that chooses callbacks; what nobody knows narrows nothing."""

    q = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    event = forms.ChoiceField(label=gettext_lazy("What"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["state"].choices = [("", _("all")), *((one, badge.word) for one, badge in STATES.items())]
        self.fields["event"].choices = [("", _("all")), *EVENTS.items()]

    def narrow(self, callbacks: QuerySet[Callback]) -> QuerySet[Callback]:
        self.is_valid()
        names = {"q": "class_id", "state": "state", "event": "event"}
        chosen = {names[name]: value for name, value in self.cleaned_data.items() if value}
        return callbacks.filter(**chosen)


class CallbackList(SchoolPage, ListView):
    """The newest first; paged by key and never counted. The bodies stay in the database."""

    resource, action = "callback", "list"
    queryset = Callback.objects.defer("body", "unreadable")
    template_name = "inbox/callbacks.html"
    paginate_by = None

    @cached_property
    def filter(self) -> CallbackFilter:
        return CallbackFilter(self.request.GET)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.filter.narrow(self.get_queryset()), self.request)
        return super().get_context_data(
            title=_("News from iclass"),
            search_label=_("Number of the lesson at iclass"),
            filter_form=self.filter,
            keyset=page,
            lines=[Line(callback) for callback in page.rows],
            health=health_of(self.request.user.enterprise),
            many=self.many() if page.rows else [],
            object_list=Callback.objects.none(),
            **more,
        )

    def many(self) -> list[dict[str, Any]]:
        """The button for the ticked rows."""
        again = {"url": reverse("inbox:replay_many"), "label": _("Handle again"), "icon_name": "refresh"}
        return [again] if self.may("replay") else []


class CallbackPage(SchoolPage, DetailView):
    resource = "callback"
    model = Callback
    template_name = "inbox/callback.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        line = Line(self.object)
        return super().get_context_data(
            title=line.what, line=line, may_replay=self.may("replay", self.object), **more
        )


class CallbackReplay(SchoolPage, View):
    """Handle one callback once more and show what that changed. A repeat does no harm, so nobody is asked."""

    resource, action = "callback", "replay"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        callback = self.find(Callback.objects.all(), pk=pk)
        return show(request, [replay(callback=callback, by=request.user)])


class CallbackReplayMany(SchoolPage, View):
    """Handle the chosen callbacks once more."""

    resource, action = "callback", "replay"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [int(one) for one in request.POST.getlist("chosen") if one.isascii() and one.isdigit()]
        rows = scoped(Callback.objects.filter(pk__in=chosen[:MOST]), request.user, "callback", "replay")
        if not rows:
            self.warn(_("Choose at least one event, then handle it again."))
            return redirect("inbox:callbacks")
        return show(request, replay_many(callbacks=rows, by=request.user))


def show(request: HttpRequest, replayed: list[Replayed]) -> HttpResponse:
    """The rows of each event, before and after."""
    results = [(Line(one.callback), one) for one in replayed]
    title = _("Handled again")
    return render(request, "inbox/replayed.html", {"title": title, "results": results})
