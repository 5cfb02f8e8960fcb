"""Pages of callbacks: the list, one callback with its body, and replay."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView, ListView, TemplateView, View

from console.inbox.health import inbox_health
from console.inbox.labels import EVENT_LABELS, STATE_BADGES, event_label, next_step, reason_text
from console.inbox.models import Callback
from console.inbox.queue_samples import queue_chart
from console.inbox.redaction import TOO_DEEP, redact_body, redact_text
from console.inbox.replay import MAX_REPLAYED, ReplayResult, replay_callback, replay_callbacks
from console.inbox.tables import CALLBACK_TABLE
from console.inputs.bounds import parse_ids
from console.lists.views import TableView
from console.policy.rules import scoped
from console.policy.views import SchoolView, paginate_by_key
from console.ui.badges import Badge


@dataclass(frozen=True)
class CallbackSummary:
    """Display of one callback."""

    callback: Callback

    @property
    def what(self) -> str | Promise:
        return event_label(self.callback.event)

    @property
    def badge(self) -> Badge:
        return STATE_BADGES[self.callback.state]

    @property
    def reason(self) -> str | Promise:
        return reason_text(self.callback.reason)

    @property
    def next_step(self) -> str | Promise:
        return next_step(self.callback)

    @property
    def body(self) -> str:
        """The redacted body."""
        try:
            # Deferred and loaded here only: rows stored before the depth limit may be too deep for Python.
            body = self.callback.body
        except RecursionError:
            return TOO_DEEP
        return redact_text(self.callback.unreadable) if body is None else redact_body(body)


class CallbackFilter(forms.Form):
    """Select callbacks by the query string; unknown values are ignored."""

    fields: dict[str, Any]
    q = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    event = forms.ChoiceField(label=gettext_lazy("Action"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [
            ("", _("all")),
            *((state, badge.word) for state, badge in STATE_BADGES.items()),
        ]
        self.fields["event"].choices = [("", _("all")), *EVENT_LABELS.items()]

    def narrow(self, callbacks: QuerySet[Callback]) -> QuerySet[Callback]:
        self.is_valid()
        names = {"q": "class_id", "state": "state", "event": "event"}
        chosen = {names[name]: value for name, value in self.cleaned_data.items() if value}
        return callbacks.filter(**chosen)


#: Seconds between refreshes of the list.
REFRESH_S = 10


class CallbackList(TableView, ListView):
    """List callbacks, newest first, with keyset pagination and no count. Bodies are not loaded."""

    resource, action = "callback", "list"
    table = CALLBACK_TABLE
    queryset = Callback.objects.defer("body", "unreadable")
    template_name = "inbox/callbacks.html"
    paginate_by = None

    @cached_property
    def filter(self) -> CallbackFilter:
        return CallbackFilter(self.request.GET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        callbacks = self.filter.narrow(self.get_queryset())
        page = paginate_by_key(callbacks, self.request, self.table_state.order or ("-id",))
        return super().get_context_data(
            title=_("Incoming events"),
            search_label=_("Lesson ID at iclass"),
            filter_form=self.filter,
            keyset=page,
            live_every=REFRESH_S,
            lines=[CallbackSummary(callback) for callback in page.rows],
            health=inbox_health(self.request.user.enterprise),
            many=self._bulk_actions() if page.rows else [],
            object_list=Callback.objects.none(),
            **kwargs,
        )

    def _bulk_actions(self) -> list[dict[str, Any]]:
        """Return the button for selected rows."""
        button = {"url": reverse("inbox:replay_many"), "label": _("Process again"), "icon_name": "refresh"}
        return [button] if self.may("replay") else []


class QueueChart(SchoolView, TemplateView):
    """The chart of the queues, which the list loads once: its own refreshes do not draw it again.

    A person who opens the address is led to the list.
    """

    resource, action = "callback", "list"
    template_name = "partials/charts.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.request.htmx:
            return redirect("inbox:callbacks")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chart = queue_chart(self.request.user.enterprise)
        return super().get_context_data(charts=[chart] if chart else [], **kwargs)


class CallbackDetail(SchoolView, DetailView):
    resource = "callback"
    queryset = Callback.objects.defer("body")
    template_name = "inbox/callback.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        summary = CallbackSummary(self.object)
        return super().get_context_data(
            title=summary.what, line=summary, may_replay=self.may("replay", self.object), **kwargs
        )


class CallbackReplay(SchoolView, View):
    """Process one callback again and show the changes. Repeats are harmless, so no confirmation is needed."""

    resource, action = "callback", "replay"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        callback = self.get_row(Callback.objects.all(), pk=pk)
        return render_replay_results(request, [replay_callback(callback=callback, by=request.user)])


class CallbackReplayMany(SchoolView, View):
    """Process the selected callbacks again."""

    resource, action = "callback", "replay"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = set(parse_ids(request.POST.getlist("chosen")))
        if len(chosen) > MAX_REPLAYED:
            text = ngettext("Select at most %(n)d event.", "Select at most %(n)d events.", MAX_REPLAYED)
            self.warning(text % {"n": MAX_REPLAYED})
            return redirect("inbox:callbacks")
        rows = scoped(Callback.objects.filter(pk__in=chosen), request.user, "callback", "replay")
        if not rows:
            self.warning(_("Select at least one event, then process it again."))
            return redirect("inbox:callbacks")
        return render_replay_results(request, replay_callbacks(callbacks=rows, by=request.user))


def render_replay_results(request: HttpRequest, replayed: list[ReplayResult]) -> HttpResponse:
    """Render the affected rows of each event, before and after."""
    results = [(CallbackSummary(one.callback), one) for one in replayed]
    title = _("Processed again")
    return render(request, "inbox/replay_results.html", {"title": title, "results": results})
