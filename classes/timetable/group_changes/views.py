"""Change a group with a preview of the affected lessons, and report how they were sent."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView, UpdateView, View

from accounts.models import StudentGroup, User
from accounts.people.forms.group import GroupForm
from accounts.people.group_change_conflicts import GroupChangeRefused, find_group_conflicts
from accounts.people.group_services import GROUP_ARCHIVED, archive_group, restore_group
from accounts.people.views.groups import GroupFormView
from classes.lessons.queries import lessons_for
from classes.models import Lesson
from classes.timetable.group_changes import job as push
from classes.timetable.group_changes.impact import LessonImpact, compute_impact, upcoming_group_lessons
from console.inputs.bounds import parse_ids
from console.jobs.models import Job
from console.jobs.views import JobProgress
from console.policy.views import SchoolView
from console.undo import offer_undo


class GroupChange(GroupFormView, UpdateView):
    """Save at once if no upcoming lesson is affected; otherwise show the affected lessons first.

    The second form posts `sure`, the values of the first, `was` (the students at the preview), `shown` (the
    offered lessons) and `lessons` (those that shall follow).
    """

    action = "change"
    extra_context = {"title": gettext_lazy("Edit group")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An archived group has no form; redirect to the page on which it can be restored."""
        group = self.get_object()
        if not group.is_archived:
            return super().get(request, *args, **kwargs)
        self.warning(GROUP_ARCHIVED)
        return redirect(f"{reverse('accounts:groups')}?show=archived")

    def form_valid(self, form: Any) -> HttpResponse:
        posted = self.request.POST
        if "back" in posted:
            return self.render_to_response(self.get_context_data(form=form))
        if "sure" not in posted and form.has_student_conflict():
            return self.form_invalid(form)
        was = _format_pks(form.instance.entries.values_list("student_id", flat=True))
        impacts = [one for one in self._impacts(form) if one.changes]
        if impacts and ("sure" not in posted or posted.get("was") != was):
            return self._ask(form, impacts, was, stale="sure" in posted)
        try:
            return self._save(form, self._left_out())
        except GroupChangeRefused as objected:
            return self._ask(form, impacts, was, stale=False, objected=objected)

    def _left_out(self) -> set[int]:
        """Return lessons that were offered and not chosen; a lesson scheduled since then follows."""
        shown, chosen = self.request.POST.get("shown", "").split(), self.request.POST.getlist("lessons")
        return set(parse_ids({*shown} - {*chosen}))

    def _impacts(self, form: GroupForm) -> list[LessonImpact]:
        added, removed = form.moves()
        if not added and not removed:
            return []
        lessons = upcoming_group_lessons(form.instance).select_related("teacher")
        return compute_impact(form.instance, added, removed, lessons)

    def _ask(
        self,
        form: GroupForm,
        impacts: list[LessonImpact],
        was: str,
        stale: bool,
        objected: GroupChangeRefused | None = None,
    ) -> HttpResponse:
        """Show the preview. `objected` is set if conflicts need a reason that was not given."""
        form.refresh_students_digest()
        added, removed = form.moves()
        free = [one for one in impacts if not one.locked]
        context = self.get_context_data(
            form=form,
            submit_label=_("Save"),
            stale=stale,
            was=was,
            shown=_format_pks(one.lesson.pk for one in free),
            left_out=self._left_out(),
            impacts=free,
            locked=[one for one in impacts if one.locked],
            added=User.objects.filter(pk__in=added).order_by("nickname"),
            removed=User.objects.filter(pk__in=removed).order_by("nickname"),
            posted=self.request.POST.getlist("students"),
            objections=find_group_conflicts({form.instance.pk: (added, removed)}, self._left_out()),
            reason=self.request.POST.get("conflict_reason", ""),
            objected=" ".join(objected.messages) if objected else "",
        )
        return self.response_class(self.request, ["classes/timetable/group_changes/confirm.html"], context)

    def _save(self, form: GroupForm, leave: Collection[int]) -> HttpResponse:
        reason = self.request.POST.get("conflict_reason", "")
        group = form.save_by(self.request.user, excluded_lessons=leave, reason=reason)
        if group is None:
            return self.form_invalid(form)
        self.success(_("“%(name)s” has been saved.") % {"name": group})
        jobs = [one for one in group.propagation_results if isinstance(one, Job)]
        return redirect(push.job_url(jobs[0])) if jobs else redirect("accounts:groups")


class GroupArchive(SchoolView, View):
    """Archive a group, which can be taken back, and say that its upcoming lessons stay as they are."""

    resource, action = "group", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = request.user
        group = archive_group(group=self.get_row(StudentGroup.objects.all(), pk=pk), by=by)
        offer_undo(request, self._sentence(group), "group.archive", pk, {})
        return redirect("accounts:groups")

    def _sentence(self, group: StudentGroup) -> str:
        text = _("“%(name)s” has been archived.") % {"name": group}
        upcoming = upcoming_group_lessons(group).count()
        if not upcoming:
            return text
        lessons = ngettext(
            "%(n)d upcoming lesson keeps its current students.",
            "%(n)d upcoming lessons keep their current students.",
            upcoming,
        ) % {"n": upcoming}
        return f"{text} {lessons}"


class GroupRestore(SchoolView, View):
    """Restore an archived group."""

    resource, action = "group", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        group = self.get_row(StudentGroup.objects.all(), pk=pk)
        restore_group(group=group, by=self.request.user)
        self.success(_("“%(name)s” has been restored.") % {"name": group})
        return redirect("accounts:groups")


def _format_pks(rows: Any) -> str:
    """Return sorted primary keys as the value of a hidden field."""
    return " ".join(str(pk) for pk in sorted(rows))


class GroupChangeReport(SchoolView, DetailView):
    """Report of a change; it can be viewed while lessons are still being sent."""

    resource = "job"
    queryset = Job.objects.filter(kind=push.GROUP_JOB_KIND).select_related("created_by")
    template_name = "classes/timetable/group_changes/progress.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        job: Job = self.object
        group = StudentGroup.objects.filter(pk=job.args["group"], enterprise=job.enterprise_id).first()
        return super().get_context_data(
            title=_("“%(name)s”: lessons that follow the group") % {"name": job.args["name"]},
            group=group,
            line=JobProgress(job),
            lines=push.report_rows(job),
            locked=self._lessons(job.args["locked"]),
            left=self._lessons(job.args["left"]),
            **more,
        )

    def _lessons(self, pks: list[int]) -> list[Lesson]:
        return list(lessons_for(self.request.user).filter(pk__in=pks))
