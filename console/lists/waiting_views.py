"""What the reader put off; the controls on Today that put off, show again, give and take back."""

from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from console.lists.forms import GiveForm
from console.lists.giving import give, people_to_give_to, take_back
from console.lists.waiting_marks import Later, marks_put_off, parse_name, put_off, show_again
from console.policy.views import SchoolView
from console.ui.waiting import RowName, concerned_people, describe_row, list_waiting, listed_names, waits_for

#: Most rows of a kind on the page; it says how many there are.
MAX_ROWS = 50


class PutOffPage(SchoolView, TemplateView):
    """What the reader put off. `until` of a POST puts a row off; without one it waits again."""

    resource, action = "waiting", "put_off"
    template_name = "lists/put_off.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        until = {mark.name: mark.until for mark in marks_put_off(reader)}
        kinds = [
            (one, [(shown, until.get(shown.name)) for shown in one.rows(MAX_ROWS)])
            for one in list_waiting(reader, listed_names(), put_off=True)
        ]
        return super().get_context_data(title=_("Put off"), kinds=kinds, **more)

    def post(self, request: HttpRequest) -> HttpResponse:
        until = request.POST.get("until", "")
        if until not in ("", *Later.values):
            raise BadRequest("unknown time")
        name, _row = find_waiting(request.user, request.POST.get("row", ""))
        if until:
            put_off(row=name, until=Later(until), by=request.user)
            self.success(_("Put off. It is listed below what needs your attention."))
        else:
            show_again(row=name, by=request.user)
            self.success(_("It is on Today again."))
        return self.go_back("lists:put_off")


class GivePage(SchoolView, FormView):
    """Give the row that `row` of the query string names to somebody else of the office."""

    resource, action = "waiting", "give"
    form_class = GiveForm
    template_name = "lists/give.html"

    @cached_property
    def found(self) -> tuple[RowName, Any]:
        return find_waiting(self.request.user, self.request.GET.get("row", ""))

    def get_form_kwargs(self) -> dict[str, Any]:
        people = people_to_give_to(self.request.user, concerned_people(*self.found))
        return super().get_form_kwargs() | {"people": people}

    def form_valid(self, form: GiveForm) -> HttpResponse:
        name, row = self.found
        person = form.cleaned_data["person"]
        try:
            give(name=name, row=row, to=person, by=self.request.user)
        except ValidationError as error:
            form.add_error("person", error)
            return self.form_invalid(form)
        self.success(_("Given to %(name)s") % {"name": person})
        return redirect("classes:home")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        name, row = self.found
        return super().get_context_data(
            title=_("Give “%(row)s” to someone") % {"row": describe_row(name, row).title},
            submit_label=_("Give"),
            cancel_url=reverse("classes:home"),
            **more,
        )


class TakeBack(SchoolView, View):
    """Take a row back from whom it was given to."""

    resource, action = "waiting", "give"

    def post(self, request: HttpRequest) -> HttpResponse:
        name, row = find_waiting(request.user, request.POST.get("row", ""))
        if take_back(name=name, row=row, by=request.user):
            self.success(_("Taken back."))
        else:
            self.warning(_("Nobody has it any more."))
        return self.go_back("classes:home")


def find_waiting(reader: Any, text: str) -> tuple[RowName, Any]:
    """Return the name in a text and its row, if it waits for the reader; Http404 if it does not."""
    name = parse_name(text)
    row = waits_for(reader, name) if name else None
    if name is None or row is None:
        raise Http404(_("This does not wait for you any more."))
    return name, row
