"""Changing many lessons: those ticked in the list, or all that its filter fits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, TemplateView

from accounts.models import User
from classes.bulk import push
from classes.bulk.changing import Wish
from classes.bulk.editing import MOST
from classes.compare import LABELS, told
from classes.forms.many import ManyForm
from classes.mirror.wanted import wanted_lesson
from classes.models import Lesson
from classes.phases import phase_of
from classes.queries import lessons_for
from classes.views.choosing import chosen_lessons, filter_of
from console.jobs.models import Job
from console.jobs.pages import Line
from console.policy import in_school
from console.policy.pages import SchoolPage

#: Lessons that the preview lists one by one.
LISTED = 200


class LessonsMany(SchoolPage, TemplateView):
    """Three steps of one address, all by POST: the form (`chosen`, or `all` that the list's filter in the
    address fits), what it would do (`look`), and the doing (`sure`)."""

    resource, action = "lesson", "change"
    template_name = "classes/lessons_many.html"
    http_method_names = ("get", "post", "options")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.back_url)

    @property
    def back_url(self) -> str:
        chosen = self.request.GET.urlencode()
        return f"{reverse('classes:lessons')}{'?' if chosen else ''}{chosen}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lessons = self._lessons()
        if not lessons:
            self.warn(_("Nothing was chosen. Tick the lessons first, then change them."))
            return redirect(self.back_url)
        asked = "look" in request.POST or "sure" in request.POST
        form = ManyForm(
            request.POST if asked else None,
            school=request.user.enterprise,
            lessons=lessons,
            by=request.user,
        )
        if "sure" in request.POST and form.is_valid() and (job := form.save()):
            number = len(job.args["lessons"])
            words = ngettext("%(n)d lesson is changed.", "%(n)d lessons are changed.", number)
            self.say(words % {"n": number})
            return redirect("classes:lessons_changed", job.pk)
        if "look" in request.POST:
            form.look()
        return self.render_to_response(self.get_context_data(form=form, lessons=lessons))

    def _lessons(self) -> list[Lesson]:
        """Those of the reader's school that are named, or that the filter fits, by their start."""
        rows = lessons_for(self.request.user).select_related("teacher", "enterprise")
        if "all" in self.request.POST and "look" not in self.request.POST:
            rows = chosen_lessons(rows, filter_of(self.request))
        else:
            named = [one for one in self.request.POST.getlist("chosen") if one.isdecimal() and len(one) < 19]
            rows = rows.filter(pk__in=named[:MOST])
        rows = in_school(rows, self.request.user, "lesson").order_by("starts_at", "id")
        return [one for one in rows.prefetch_related("groups")[:MOST] if self.may("change", one)]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        form: ManyForm = more["form"]
        number = len(more["lessons"])
        title = ngettext("Change %(n)d lesson", "Change %(n)d lessons", number) % {"n": number}
        locked = sum(one.locked for one in more["lessons"])
        rows = _rows(form.preview.wishes[:LISTED]) if form.preview else []
        return super().get_context_data(
            title=title, back_url=self.back_url, rows=rows, listed=LISTED, locked=locked, **more
        )


def _rows(wishes: list[Wish]) -> list[dict[str, Any]]:
    """Each lesson with what becomes of it, in words."""
    people = {pk for one in wishes for pk in (*one.came, *one.went)}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "nickname"))
    return [
        {
            "lesson": one.before,
            "changes": _changes(one),
            "came": [names[pk] for pk in one.came],
            "went": [names[pk] for pk in one.went],
            "password": _password(one),
            "conflicts": len(one.new),
        }
        for one in wishes
    ]


def _password(one: Wish) -> str:
    """What becomes of the password, in words; never the password."""
    if one.password is None:
        return ""
    return _("Password: a new one") if one.password else _("Password: taken away")


def _changes(one: Wish) -> list[tuple[Any, str, str]]:
    """Label, old and new of each field that becomes different."""
    before, after = wanted_lesson(one.before), wanted_lesson(one.lesson)
    names = {
        before["teacher"]: one.before.teacher.nickname,
        after["teacher"]: one.lesson.teacher.nickname,
    }
    found = [
        (LABELS[name], told(name, before[name], names), told(name, after[name], names))
        for name in before
        if before[name] != after[name]
    ]
    if one.before.capacity != one.lesson.capacity:
        none = _("no limit of ours")
        label = Lesson._meta.get_field("capacity").verbose_name
        found.append((label, str(one.before.capacity or none), str(one.lesson.capacity or none)))
    return found


class LessonsChanged(SchoolPage, DetailView):
    """What became of each lesson of one change; one may leave it and come back while they are being sent."""

    resource = "job"
    queryset = Job.objects.filter(kind=push.KIND).select_related("created_by")
    template_name = "classes/lessons_changed.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        job: Job = self.object
        return super().get_context_data(
            title=_("Lessons changed together"),
            line=Line(job),
            lessons=self._of(job.args["lessons"]),
            locked=[(one, phase_of(one)) for one in self._of(job.args["locked"])],
            same=self._of(job.args["same"]),
            **more,
        )

    def _of(self, pks: list[int]) -> list[Lesson]:
        return list(lessons_for(self.request.user).filter(pk__in=pks).order_by("starts_at", "id"))
