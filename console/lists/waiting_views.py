"""What the reader put off, and the controls on Today that put off and show again."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from console.lists.waiting_marks import Later, marks_put_off, parse_name, put_off, show_again
from console.policy.views import SchoolView
from console.ui.waiting import RowName, list_waiting, listed_names, waits_for

#: Most rows of a kind on the page; it says how many there are.
MAX_ROWS = 50


class PutOffPage(SchoolView, TemplateView):
    """What the reader put off. `until` of a POST puts off the row of this name; without one it waits again."""

    resource, action = "waiting", "put_off"
    template_name = "lists/put_off.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        until = {RowName(mark.kind, mark.model, mark.row): mark.until for mark in marks_put_off(reader)}
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


def find_waiting(reader: Any, text: str) -> tuple[RowName, Any]:
    """Return the name in a text and its row, if it waits for the reader; Http404 if it does not."""
    name = parse_name(text)
    row = waits_for(reader, name) if name else None
    if name is None or row is None:
        raise Http404(_("This does not wait for you any more."))
    return name, row
