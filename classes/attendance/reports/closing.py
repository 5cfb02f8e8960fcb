"""Close many registers of the list at once; those with open questions stay open and say why."""

from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from classes.attendance.corrections import close_register
from classes.attendance.permissions import may_change_register, refuse_register
from classes.lessons.lookup import find_lesson
from classes.models import Lesson
from console.inputs.bounds import parse_id
from console.policy.bulk_views import BulkActionText, BulkActionView
from console.ui.template_tags import when

#: Registers per request; each is calculated anew and sealed.
MAX_CLOSED = 100


class ClosingResult(NamedTuple):
    """`left_open` is the reason why the register is open; empty if it is closed, now or before."""

    label: str
    url: str
    left_open: str
    was_closed: bool = False


class RegistersClose(BulkActionView):
    """Asks, then closes each selected register on its own and shows the result row by row."""

    resource, action, back = "attendance", "close", "classes:report_registers"
    words = {
        "close": BulkActionText(
            ngettext_lazy("Close %(n)d register?", "Close %(n)d registers?", "n"),
            gettext_lazy(
                "Registers in which the mark of a student is not known stay open. A closed register can be "
                "reopened with a reason."
            ),
            gettext_lazy("Close selected registers"),
            ngettext_lazy("%(n)d register closed.", "%(n)d registers closed.", "n"),
        )
    }

    def matching_keys(self) -> list[str]:
        """Return nothing: the list offers no selection of more than it shows."""
        return []

    def row_label(self, key: str) -> str:
        lesson = self._find(key)
        return f"{when(lesson.starts_at)} · {lesson.topic}"

    def apply_to(self, key: str) -> None:
        lesson, reader = self._find(key), self.request.user
        if not may_change_register(reader, self.action, lesson):
            raise PermissionDenied(refuse_register(reader, self.action, lesson))
        by: Any = reader
        close_register(lesson=lesson, by=by)

    def question(self, keys: list[str]) -> dict[str, Any]:
        """Ask about as many as one act closes, and name both numbers if more are selected."""
        context = super().question(keys[:MAX_CLOSED])
        if len(keys) > MAX_CLOSED:
            numbers = {"n": MAX_CLOSED, "total": len(keys)}
            context["title"] = _("Close %(n)d of %(total)d registers?") % numbers
            limit = _("One act closes at most this many. The others stay in the list.")
            context["detail"] = f"{limit} {context['detail']}"
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "sure" not in request.POST:
            return super().post(request, *args, **kwargs)
        keys = list(dict.fromkeys(request.POST.getlist("chosen")))
        results = [self._close(key) for key in keys[:MAX_CLOSED]]
        closed = sum(not (one.left_open or one.was_closed) for one in results)
        self.template_name = "classes/attendance/reports/closed.html"
        return self.render_to_response(
            self.get_context_data(
                title=self.words[self.action].done % {"n": closed},
                results=sorted(results, key=lambda one: not one.left_open),
                back_url=self.back_url,
            )
        )

    def _close(self, key: str) -> ClosingResult:
        try:
            label = self.row_label(key)
            self.apply_to(key)
        except ValidationError as error:
            if self._find(key).register_closed_at:
                return ClosingResult(label, _register_url(key), "", was_closed=True)
            return ClosingResult(label, _register_url(key), " ".join(error.messages))
        except (Http404, PermissionDenied) as error:
            return ClosingResult("—", "", " ".join(map(str, error.args)))
        return ClosingResult(label, _register_url(key), "")

    def _find(self, key: str) -> Lesson:
        pk = parse_id(key)
        if pk is None:
            raise Http404(_("This does not exist in your school."))
        return find_lesson(self.request.user, pk)


def _register_url(key: str) -> str:
    return reverse("classes:attendance", args=[key])
