"""Changing and cancelling many lessons: those ticked in the list, all that its filter fits, those of a
series, or what the timetable shows."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView, TemplateView

from accounts.models import StudentGroup, User
from classes.bulk import push
from classes.bulk.changing import Wish
from classes.bulk.editing import MOST
from classes.bulk.going import cancel_many, going_of
from classes.compare import LABELS, told
from classes.forms.cancelling import CancelForm
from classes.forms.many import ManyForm
from classes.kinds import Status
from classes.mirror.wanted import wanted_lesson
from classes.models import Course, Lesson
from classes.phases import phase_of
from classes.queries import lessons_for
from classes.timetable.feed import Stretch
from classes.timetable.layers import Layers
from classes.views.choosing import chosen_lessons, filter_of
from console.jobs.models import Job
from console.jobs.pages import Line
from console.policy import in_school
from console.policy.pages import SchoolPage

#: Lessons that the preview lists one by one.
LISTED = 200
#: People that a line of it names.
NAMED = 8
TITLES = {
    "change": gettext_lazy("Lessons changed together"),
    "cancel": gettext_lazy("Lessons cancelled together"),
}


class ChosenLessons(SchoolPage, TemplateView):
    """Acts on lessons that are named (`chosen`), or on `all` that the filter in the address fits. By POST."""

    resource = "lesson"
    http_method_names = ("get", "post", "options")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.back_url)

    @property
    def back_url(self) -> str:
        """The list as it was filtered."""
        return self._with_filter(reverse("classes:lessons"))

    @property
    def back_name(self) -> str:
        return _("Lessons")

    def fitting(self, rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
        """Of all lessons of the reader, those that are meant by `all`."""
        return chosen_lessons(rows, filter_of(self.request))

    def lessons(self) -> list[Lesson]:
        """Those of the reader's school, by their start."""
        asked = self.request.POST
        rows = lessons_for(self.request.user).select_related("teacher", "enterprise")
        if "all" in asked and not asked.keys() & {"look", "sure"}:
            rows = self.fitting(rows)
        else:
            named = [one for one in asked.getlist("chosen") if one.isdecimal() and len(one) < 19]
            rows = rows.filter(pk__in=named[:MOST])
        rows = in_school(rows, self.request.user, "lesson").order_by("starts_at", "id")
        found = list(rows.prefetch_related("groups")[: MOST + 1])
        if len(found) > MOST:
            self.warn(_("More than %(most)d fit. The first of them are taken.") % {"most": MOST})
        return [one for one in found[:MOST] if self.may(self.action, one)]

    def nothing(self) -> HttpResponse:
        self.warn(_("Nothing was chosen. Tick the lessons first, then change them."))
        return redirect(self.back_url)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_url=self.back_url,
            back_name=self.back_name,
            cancel_many_url=self._with_filter(reverse("classes:lessons_many_cancel")),
            **more,
        )

    def _with_filter(self, address: str) -> str:
        chosen = self.request.GET.urlencode()
        return f"{address}{'?' if chosen else ''}{chosen}"


class LessonsMany(ChosenLessons):
    """Three steps of one address: the form, what it would do (`look`), and the doing (`sure`)."""

    action = "change"
    template_name = "classes/lessons_many.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lessons = self.lessons()
        if not lessons:
            return self.nothing()
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

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        form: ManyForm = more["form"]
        number = len(more["lessons"])
        title = ngettext("Change %(n)d lesson", "Change %(n)d lessons", number) % {"n": number}
        locked = sum(one.locked for one in more["lessons"])
        rows = _rows(form.preview.wishes[:LISTED]) if form.preview else []
        return super().get_context_data(title=title, rows=rows, listed=LISTED, locked=locked, **more)


class CourseLessons(LessonsMany):
    """All lessons of a series that have not begun."""

    @cached_property
    def course(self) -> Course:
        rows = in_school(Course.objects.all(), self.request.user, "course")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def back_url(self) -> str:
        return self.course.get_absolute_url()

    @property
    def back_name(self) -> str:
        return self.course.title

    def fitting(self, rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
        coming = rows.filter(course=self.course, status=Status.WILL, cancelled_at=None)
        return coming.filter(ends_at__gt=timezone.now())


class TimetableMany(LessonsMany):
    """The lessons of the days that the timetable shows, in its layers."""

    @property
    def back_url(self) -> str:
        told = self.request.GET.copy()
        for name in ("start", "end"):
            told.pop(name, None)
        return f"{reverse('classes:timetable')}?{told.urlencode()}"

    @property
    def back_name(self) -> str:
        return _("Timetable")

    def fitting(self, rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
        address = self.request.GET
        try:
            stretch = Stretch.told(address.get("start", ""), address.get("end", ""))
        except (ValueError, OverflowError):
            return rows.none()
        return Layers(self.request.user, address).narrow(stretch.holding(rows))


class LessonsManyCancel(ChosenLessons):
    """Two steps of one address: the question with what would be cancelled, and the doing (`sure`)."""

    action = "cancel"
    template_name = "classes/lessons_cancel.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lessons = self.lessons()
        if not lessons:
            return self.nothing()
        form = CancelForm(request.POST if "sure" in request.POST else None)
        if "sure" not in request.POST or not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, going=going_of(lessons)))
        job = cancel_many(
            school=request.user.enterprise, lessons=lessons, by=request.user, **form.cleaned_data
        )
        number = len(job.args["lessons"])
        self.say(
            ngettext("%(n)s lesson is cancelled.", "%(n)s lessons are cancelled.", number) % {"n": number}
        )
        return redirect("classes:lessons_changed", job.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        number = len(more["going"].lessons)
        title = ngettext("Cancel %(n)d lesson?", "Cancel %(n)d lessons?", number) % {"n": number}
        return super().get_context_data(title=title, listed=LISTED, **more)


def _rows(wishes: list[Wish]) -> list[dict[str, Any]]:
    """Each lesson with what becomes of it, in words."""
    people = {pk for one in wishes for pk in (*one.came, *one.went)}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "nickname"))
    moved = {pk for one in wishes for pk in (*one.joined, *one.left)}
    groups = dict(StudentGroup.objects.filter(pk__in=moved).values_list("pk", "name"))
    return [
        {
            "lesson": one.before,
            "changes": _changes(one),
            "came": _named([names[pk] for pk in one.came]),
            "went": _named([names[pk] for pk in one.went]),
            "joined": [groups[pk] for pk in one.joined],
            "left": [groups[pk] for pk in one.left],
            "password": _password(one),
            "conflicts": len(one.new),
        }
        for one in wishes
    ]


def _named(names: list[str]) -> str:
    """The first names; of a group that comes, the others are counted."""
    more = len(names) - NAMED
    told = ", ".join(names[:NAMED])
    return told if more <= 0 else _("%(names)s and %(n)s more") % {"names": told, "n": more}


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
            title=TITLES[job.args.get("act", "change")],
            cancelled=job.args.get("act") == "cancel",
            line=Line(job),
            lessons=self._of(job.args["lessons"]),
            locked=[(one, phase_of(one)) for one in self._of(job.args["locked"])],
            same=self._of(job.args["same"]),
            **more,
        )

    def _of(self, pks: list[int]) -> list[Lesson]:
        return list(lessons_for(self.request.user).filter(pk__in=pks).order_by("starts_at", "id"))
