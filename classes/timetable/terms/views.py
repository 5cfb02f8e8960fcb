"""Terms and holidays of the school, and the lessons that fall into a holiday."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from classes.models import Holiday, Lesson, Term
from classes.timetable.bulk.job import undo_values
from classes.timetable.bulk.services import MAX_LESSONS
from classes.timetable.terms.forms import DaysForm
from classes.timetable.terms.holiday_forms import HolidayLessonsForm
from classes.timetable.terms.holiday_lessons import lessons_in_holiday
from classes.timetable.terms.services import TermOrHoliday, delete_days
from console.deleted_rows import Kept
from console.inputs.bounds import parse_id
from console.policy import in_school, may
from console.policy.edit_views import DeleteAtOnce
from console.policy.views import KeysetPage, SchoolView, paginate_by_key
from console.undo import offer_undo

DAYS_MODELS: dict[str, Any] = {"term": Term, "holiday": Holiday}


class YearPage(SchoolView, TemplateView):
    """Both lists on one page."""

    resource, action = "term", "list"
    template_name = "classes/timetable/terms/terms.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        school = self.request.user.enterprise
        return super().get_context_data(
            title=_("Terms and holidays"),
            terms=Term.objects.filter(enterprise=school).prefetch_related("holidays"),
            holidays=Holiday.objects.filter(enterprise=school, term=None),
            may_change=self.may("change"),
            may_roll_over=may(self.request.user, "list", "roll_over"),
            today=timezone.localdate(),
            **more,
        )


class DaysFormPage(SchoolView, FormView):
    """Form of a term or a holiday, depending on the URL."""

    resource = "term"
    kind = ""
    form_class = DaysForm
    template_name = "generic/form.html"

    @cached_property
    def days(self) -> TermOrHoliday:
        model = DAYS_MODELS[self.kind]
        if "pk" not in self.kwargs:
            new: TermOrHoliday = model(enterprise=self.request.user.enterprise)
            if isinstance(new, Holiday):
                new.term = self._requested_term()
            return new
        found: TermOrHoliday = self.get_row(model.objects.all(), pk=self.kwargs["pk"])
        return found

    def _requested_term(self) -> Term | None:
        """Return the term of the reader's school that `?term=` names."""
        term_id = self.request.GET.get("term", "")
        known = in_school(Term.objects.all(), self.request.user, "term")
        return known.filter(pk=term_id).first() if parse_id(term_id) else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "days": self.days}

    def form_valid(self, form: DaysForm) -> HttpResponse:
        if not form.save(by=self.request.user):
            return self.form_invalid(form)
        self.success(_("“%(name)s” has been saved. New courses skip the holidays.") % {"name": form.days})
        if isinstance(form.days, Holiday) and lessons_in_holiday(form.days).exists():
            return redirect("classes:holiday_lessons", form.days.pk)
        return redirect("classes:year")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        titles = {"term": _("Term"), "holiday": _("Holiday")}
        title = titles[self.kind]
        return super().get_context_data(title=title, cancel_url=reverse("classes:year"), **more)


class DaysDelete(DeleteAtOnce):
    """Delete a term or a holiday."""

    resource, undo = "term", "term.delete"
    kind = ""
    saved_message = gettext_lazy("Deleted. Lessons that are already planned do not change.")

    def remove(self, by: Any) -> Kept:
        return delete_days(
            days=self.get_row(DAYS_MODELS[self.kind].objects.all(), pk=self.kwargs["pk"]), by=by
        )

    def back_url(self) -> str:
        return reverse("classes:year")


class HolidayLessons(SchoolView, FormView):
    """Decide about the lessons of a holiday, page by page; `look` previews the times and saves nothing."""

    resource, action = "term", "change"
    form_class = HolidayLessonsForm
    template_name = "classes/timetable/terms/holiday_lessons.html"

    @cached_property
    def holiday(self) -> Holiday:
        return self.get_row(Holiday.objects.select_related("enterprise", "term"), pk=self.kwargs["pk"])

    @cached_property
    def keyset(self) -> KeysetPage[Lesson]:
        # By key, not by number: what was moved away from this page does not shift the next one.
        rows = lessons_in_holiday(self.holiday)
        return paginate_by_key(rows, self.request, ("starts_at", "id"), MAX_LESSONS)

    @cached_property
    def lessons(self) -> list[Lesson]:
        return [one for one in self.keyset.rows if may(self.request.user, "change", "lesson", one)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.lessons and "after" in request.GET:
            return redirect(request.path)  # the rest may be on earlier pages
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"holiday": self.holiday, "lessons": self.lessons, "by": self.request.user}
        return {**super().get_form_kwargs(), **own}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "look" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.compute_preview()
        return self.render_to_response(self.get_context_data(form=form))

    def form_valid(self, form: HolidayLessonsForm) -> HttpResponse:
        saved, job = form.save()
        if not saved:
            return self.form_invalid(form)
        if job is None:
            self.success(_("The lessons stay on the holiday."))
            if self.keyset.next:
                return redirect(self.request.path + "?" + urlencode({"after": self.keyset.next}, safe="="))
            return redirect("classes:year")
        number = len(job.args["lessons"])
        message = ngettext("%(n)d lesson has been changed.", "%(n)d lessons have been changed.", number)
        act = f"lesson.{job.args['act']}_many"
        offer_undo(self.request, message % {"n": number}, act, job.pk, undo_values(job))
        return redirect("classes:lessons_changed", job.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Lessons on the holiday “%(name)s”") % {"name": self.holiday},
            holiday=self.holiday,
            lessons=self.lessons,
            keyset=self.keyset,
            total=lessons_in_holiday(self.holiday).count(),
            cancel_url=reverse("classes:year"),
            **more,
        )
