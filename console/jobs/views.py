"""Pages of jobs and their progress."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, View

from console.jobs.models import Job
from console.jobs.runner import ProgressCount, job_type_of, stop_job
from console.policy.views import SchoolView, paginate_by_key
from console.ui.badges import Badge

STATE_BADGES = {
    Job.State.WAITING: Badge(gettext_lazy("waiting"), "clock", "busy", ""),
    Job.State.RUNNING: Badge(gettext_lazy("running"), "player-play", "busy", ""),
    Job.State.DONE: Badge(gettext_lazy("done"), "circle-check", "ok", ""),
    Job.State.FAILED: Badge(
        gettext_lazy("failed"),
        "alert-triangle",
        "bad",
        gettext_lazy(
            "What was completed is kept. Start the job again. If it fails again, contact your operator."
        ),
    ),
    Job.State.STOPPED: Badge(gettext_lazy("stopped"), "player-stop", "idle", ""),
}


@dataclass(frozen=True)
class JobProgress:
    """Display of one job."""

    job: Job

    @property
    def what(self) -> str | Promise:
        kind = job_type_of(self.job.kind)
        return kind.label if kind else self.job.kind

    @property
    def badge(self) -> Badge:
        return STATE_BADGES[Job.State(self.job.state)]

    @property
    def reason(self) -> str:
        return _(self.job.reason) if self.job.reason else ""

    @property
    def rate_text(self) -> str:
        """Items per minute and the remaining time; empty if they cannot be computed."""
        processed, minutes = (
            self.job.done + self.job.failed,
            (timezone.now() - self.job.created_at).total_seconds() / 60,
        )
        if not self.job.is_open or not processed or minutes <= 0 or processed >= self.job.total:
            return ""
        rate = processed / minutes
        left = (self.job.total - processed) / rate
        return _("%(rate)d per minute, about %(left)d min left") % {"rate": rate, "left": left + 1}

    @property
    def subject_url(self) -> str:
        """The URL of the job's subject; empty if it has no page."""
        kind = job_type_of(self.job.kind)
        return kind.page(self.job) if kind else ""

    @property
    def parts(self) -> list[ProgressCount]:
        """The counts that make up the progress."""
        kind = job_type_of(self.job.kind)
        return kind.parts(self.job) if kind else []


class JobList(SchoolView, ListView):
    resource, action = "job", "list"
    queryset = Job.objects.select_related("created_by")
    template_name = "jobs/jobs.html"
    paginate_by = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = paginate_by_key(self.get_queryset(), self.request)
        jobs = [JobProgress(job) for job in page.rows]
        return super().get_context_data(
            title=_("Background jobs"), keyset=page, lines=jobs, object_list=Job.objects.none(), **kwargs
        )


class JobDetail(SchoolView, DetailView):
    resource = "job"
    queryset = Job.objects.select_related("created_by")
    template_name = "jobs/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = JobProgress(self.object)
        may_stop = self.object.is_open and self.may("stop", self.object)
        return super().get_context_data(title=progress.what, line=progress, may_stop=may_stop, **kwargs)


class StopJob(SchoolView, View):
    """Stop a job after its current step."""

    resource, action = "job", "stop"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if stop_job(self.get_row(Job.objects.all(), pk=pk)):
            self.success(_("Stopped. What was completed is kept."))
        else:
            self.warning(_("It has already ended."))
        return redirect("jobs:job", pk)
