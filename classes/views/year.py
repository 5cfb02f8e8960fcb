"""The school's year: its terms and holidays."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from classes.courses.year import Days, delete_days
from classes.forms.year import DaysForm
from classes.models import Holiday, Term
from console.policy import in_school
from console.policy.pages import SchoolPage

KINDS: dict[str, Any] = {"term": Term, "holiday": Holiday}


class Year(SchoolPage, TemplateView):
    """Both lists on one page."""

    resource, action = "term", "list"
    template_name = "classes/courses/year.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        school = self.request.user.enterprise
        return super().get_context_data(
            title=_("Terms and holidays"),
            terms=Term.objects.filter(enterprise=school).prefetch_related("holidays"),
            holidays=Holiday.objects.filter(enterprise=school, term=None),
            may_change=self.may("change"),
            **more,
        )


class DaysFormPage(SchoolPage, FormView):
    """A term or a holiday, whichever the address says."""

    resource = "term"
    kind = ""
    form_class = DaysForm
    template_name = "generic/form.html"

    @cached_property
    def days(self) -> Days:
        model = KINDS[self.kind]
        if "pk" not in self.kwargs:
            new: Days = model(enterprise=self.request.user.enterprise)
            if isinstance(new, Holiday):
                new.term = self._term_asked()
            return new
        found: Days = self.find(model.objects.all(), pk=self.kwargs["pk"])
        return found

    def _term_asked(self) -> Term | None:
        """The term of the reader's school that `?term=` names."""
        asked = self.request.GET.get("term", "")
        known = in_school(Term.objects.all(), self.request.user, "term")
        return known.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "days": self.days}

    def form_valid(self, form: DaysForm) -> HttpResponse:
        if not form.save(by=self.request.user):
            return self.form_invalid(form)
        self.say(_("“%(name)s” is saved. New series follow it.") % {"name": form.days})
        return redirect("classes:year")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        titles = {"term": _("Term"), "holiday": _("Holiday")}
        title = titles[self.kind]
        return super().get_context_data(title=title, cancel_url=reverse("classes:year"), **more)


class DaysDelete(SchoolPage, TemplateView):
    """Delete a term or a holiday."""

    resource, action = "term", "delete"
    kind = ""
    template_name = "generic/confirm.html"

    @cached_property
    def days(self) -> Days:
        found: Days = self.find(KINDS[self.kind].objects.all(), pk=self.kwargs["pk"])
        return found

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        delete_days(days=self.days, by=request.user)  # type: ignore[arg-type]
        self.say(_("Deleted. Lessons that are planned already stay as they are."))
        return redirect("classes:year")

    def _detail(self) -> str:
        told = _("Lessons that are planned already stay as they are.")
        own = self.days.holidays.count() if isinstance(self.days, Term) else 0
        if not own:
            return told
        going = ngettext("Its %(n)d holiday goes with it.", "Its %(n)d holidays go with it.", own)
        return f"{going % {'n': own}} {told}"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete “%(name)s”?") % {"name": self.days},
            detail=self._detail(),
            submit_label=_("Delete"),
            cancel_url=reverse("classes:year"),
            **more,
        )
