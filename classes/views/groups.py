"""Changing a group: which lessons it touches, before anything is saved, and how their sending went."""

from collections.abc import Collection
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView, FormView, UpdateView, View

from accounts.forms import GroupForm
from accounts.models import StudentGroup, User
from accounts.objections import Objected, objections_to
from accounts.services import ARCHIVED, archive_group, restore_group
from accounts.views.groups import GroupPage
from classes.groups import push
from classes.groups.touched import Touch, lessons_of, touched
from classes.models import Lesson
from classes.queries import lessons_for
from console.jobs.models import Job
from console.jobs.pages import Line
from console.policy.pages import SchoolPage


class GroupChange(GroupPage, UpdateView):
    """Saved at once where no lesson to come is touched; otherwise these are shown first.

    The second form posts `sure`, what the first one held, `was` (the students whom the preview started
    from), `shown` (the lessons that it offered) and `lessons` (those that shall follow).
    """

    action = "change"
    extra_context = {"title": gettext_lazy("Change the group")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An archived group has no form; whoever comes by an old address is led to where it is restored."""
        group = self.get_object()
        if not group.is_archived:
            return super().get(request, *args, **kwargs)
        self.warn(ARCHIVED)
        return redirect(f"{reverse('accounts:groups')}?show=archived")

    def form_valid(self, form: GroupForm) -> HttpResponse:
        posted = self.request.POST
        if "back" in posted:
            return self.render_to_response(self.get_context_data(form=form))
        was = _pks(form.instance.entries.values_list("student_id", flat=True))
        touches = [one for one in self._touches(form) if one.changes]
        if touches and ("sure" not in posted or posted.get("was") != was):
            return self._ask(form, touches, was, stale="sure" in posted)
        try:
            return self._save(form, self._left_out())
        except Objected as objected:
            return self._ask(form, touches, was, stale=False, objected=objected)

    def _left_out(self) -> set[int]:
        """Lessons that were offered and not chosen; one that was scheduled since then follows."""
        shown, chosen = self.request.POST.get("shown", "").split(), self.request.POST.getlist("lessons")
        return {int(pk) for pk in {*shown} - {*chosen} if pk.isdecimal()}

    def _touches(self, form: GroupForm) -> list[Touch]:
        added, removed = form.moves()
        if not added and not removed:
            return []
        lessons = lessons_of(form.instance).select_related("teacher")
        return touched(form.instance, added, removed, lessons)

    def _ask(
        self,
        form: GroupForm,
        touches: list[Touch],
        was: str,
        stale: bool,
        objected: Objected | None = None,
    ) -> HttpResponse:
        """`objected`: they want a reason, which was not given."""
        added, removed = form.moves()
        free = [one for one in touches if not one.locked]
        context = self.get_context_data(
            form=form,
            submit_label=_("Save"),
            stale=stale,
            was=was,
            shown=_pks(one.lesson.pk for one in free),
            left_out=self._left_out(),
            touches=free,
            locked=[one for one in touches if one.locked],
            coming=User.objects.filter(pk__in=added).order_by("nickname"),
            going=User.objects.filter(pk__in=removed).order_by("nickname"),
            posted=self.request.POST.getlist("students"),
            objections=objections_to({form.instance.pk: (added, removed)}, self._left_out()),
            reason=self.request.POST.get("conflict_reason", ""),
            objected=" ".join(objected.messages) if objected else "",
        )
        return self.response_class(self.request, ["classes/group_change.html"], context)

    def _save(self, form: GroupForm, leave: Collection[int]) -> HttpResponse:
        reason = self.request.POST.get("conflict_reason", "")
        group = form.save_by(self.request.user, leave=leave, reason=reason)
        if group is None:
            return self.form_invalid(form)
        self.say(_("“%(name)s” is saved.") % {"name": group})
        jobs = [one for one in group.followed if isinstance(one, Job)]
        return redirect(push.page(jobs[0])) if jobs else redirect("accounts:groups")


class GroupArchive(SchoolPage, FormView):
    """Ask before a group goes out of use, with what it still has to do; then take it out."""

    resource, action = "group", "change"
    form_class = Form
    template_name = "generic/confirm.html"

    @cached_property
    def group(self) -> StudentGroup:
        return self.find(StudentGroup.objects.all(), pk=self.kwargs["pk"])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Archive “%(group)s”?") % {"group": self.group},
            detail=self._detail(),
            submit_label=_("Archive"),
            tone="primary",
            cancel_url=reverse("accounts:groups"),
            **more,
        )

    def _detail(self) -> str:
        coming = lessons_of(self.group).count()
        told = _(
            "Nobody can choose it any more, and it does not change. Its students, its lessons and what was "
            "recorded stay. You can restore it at any time."
        )
        if not coming:
            return told
        lessons = ngettext(
            "%(n)d lesson to come keeps the students that it has now.",
            "%(n)d lessons to come keep the students that they have now.",
            coming,
        ) % {"n": coming}
        return f"{told} {lessons}"

    def form_valid(self, form: Form) -> HttpResponse:
        archive_group(group=self.group, by=self.request.user)
        self.say(_("“%(name)s” is archived.") % {"name": self.group})
        return redirect("accounts:groups")


class GroupRestore(SchoolPage, View):
    """Take an archived group into use again."""

    resource, action = "group", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        group = self.find(StudentGroup.objects.all(), pk=pk)
        restore_group(group=group, by=request.user)
        self.say(_("“%(name)s” is in use again.") % {"name": group})
        return redirect("accounts:groups")


def _pks(rows: Any) -> str:
    """Primary keys in order, as a hidden field holds them."""
    return " ".join(str(pk) for pk in sorted(rows))


class GroupPushed(SchoolPage, DetailView):
    """The report of a change: one may leave it and come back while lessons are still being sent."""

    resource = "job"
    queryset = Job.objects.filter(kind=push.KIND).select_related("created_by")
    template_name = "classes/group_pushed.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        job: Job = self.object
        group = StudentGroup.objects.filter(pk=job.args["group"], enterprise=job.enterprise_id).first()
        return super().get_context_data(
            title=_("“%(name)s”: lessons that follow") % {"name": job.args["name"]},
            group=group,
            line=Line(job),
            lines=push.lines_of(job),
            locked=self._lessons(job.args["locked"]),
            left=self._lessons(job.args["left"]),
            **more,
        )

    def _lessons(self, pks: list[int]) -> list[Lesson]:
        return list(lessons_for(self.request.user).filter(pk__in=pks))
