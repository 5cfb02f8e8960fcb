"""The pages of long work: what was done and how far it is."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, View

from console.badges import Badge
from console.jobs.machine import Part, stop, work_of
from console.jobs.models import Job
from console.policy.pages import SchoolPage, keyset

STATES = {
    Job.State.WAITING: Badge(gettext_lazy("waiting"), "clock", "busy", ""),
    Job.State.RUNNING: Badge(gettext_lazy("running"), "player-play", "busy", ""),
    Job.State.DONE: Badge(gettext_lazy("done"), "circle-check", "ok", ""),
    Job.State.FAILED: Badge(
        gettext_lazy("failed"),
        "alert-triangle",
        "bad",
        gettext_lazy(
            "What was done before stays done. Start the work again; if it fails again, ask the operator."
        ),
    ),
    Job.State.STOPPED: Badge(gettext_lazy("stopped"), "player-stop", "idle", ""),
}


@dataclass(frozen=True)
class Line:
    """A job as people read it."""

    job: Job

    @property
    def what(self) -> str | Promise:
        kind = work_of(self.job.kind)
        return kind.label if kind else self.job.kind

    @property
    def badge(self) -> Badge:
        return STATES[Job.State(self.job.state)]

    @property
    def reason(self) -> str:
        return _(self.job.reason) if self.job.reason else ""

    @property
    def pace(self) -> str:
        """How fast it goes and how long it still takes; empty where nobody can tell."""
        did, minutes = (
            self.job.done + self.job.failed,
            (timezone.now() - self.job.created_at).total_seconds() / 60,
        )
        if not self.job.is_open or not did or minutes <= 0 or did >= self.job.total:
            return ""
        left = (self.job.total - did) / (did / minutes)
        return _("%(rate)d a minute, about %(left)d min left") % {"rate": did / minutes, "left": left + 1}

    @property
    def about(self) -> str:
        """Where the thing is that this work is about; empty where there is no page of it."""
        kind = work_of(self.job.kind)
        return kind.page(self.job) if kind else ""

    @property
    def parts(self) -> list[Part]:
        """What the progress consists of."""
        kind = work_of(self.job.kind)
        return kind.parts(self.job) if kind else []


class JobList(SchoolPage, ListView):
    resource, action = "job", "list"
    queryset = Job.objects.select_related("created_by")
    template_name = "jobs/jobs.html"
    paginate_by = None

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.get_queryset(), self.request)
        lines = [Line(job) for job in page.rows]
        return super().get_context_data(
            title=_("Long work"), keyset=page, lines=lines, object_list=Job.objects.none(), **more
        )


class JobPage(SchoolPage, DetailView):
    resource = "job"
    queryset = Job.objects.select_related("created_by")
    template_name = "jobs/job.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        line = Line(self.object)
        may_stop = self.object.is_open and self.may("stop", self.object)
        return super().get_context_data(title=line.what, line=line, may_stop=may_stop, **more)


class JobStop(SchoolPage, View):
    """Stop a job after its present portion."""

    resource, action = "job", "stop"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if stop(self.find(Job.objects.all(), pk=pk)):
            self.say(_("Stopped. What was done before stays done."))
        else:
            self.warn(_("It was over already."))
        return redirect("jobs:job", pk)
