"""Bulk actions: on the ticked rows of a list, or on all that match its filter. The page asks, then acts.

    class ManyOperations(BulkActionView): resource = "operation"; back = "outbox:operations"; words = {…}

The list's form posts to this page with the filter in the query string. The response shows the number of rows
and asks; its form posts `sure`. A refusal of one row is reported and does not stop the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from console.policy.views import SchoolView

#: Rows per request; more would take too long for an interactive page.
MAX_BULK_ROWS = 1000
#: Refusals listed one by one, and rows named in the question.
MAX_LISTED = 5


@dataclass(frozen=True)
class BulkActionText:
    """The texts of a bulk action; `question` and `done` count with `%(n)d`."""

    question: str | Promise
    detail: str | Promise
    label: str | Promise
    done: str | Promise
    tone: str = "primary"


class BulkActionView(SchoolView, TemplateView):
    """`action` is that of the policy table, `back` the URL name of the list."""

    template_name = "generic/bulk_confirm.html"
    http_method_names = ("post", "options")
    words: ClassVar[Mapping[str, BulkActionText]]
    back: ClassVar[str]

    def matching_keys(self) -> Sequence[str]:
        """Return the keys of the rows that match the filter in the query string and allow the action.

        MAX_BULK_ROWS + 1 of them are enough: the page then says that there are more.
        """
        raise NotImplementedError

    def row_label(self, key: str) -> str:
        """Return the name of a row in the question."""
        raise NotImplementedError

    def apply_to(self, key: str) -> None:
        """Act on one row. ValidationError, PermissionDenied or Http404 if it is refused."""
        raise NotImplementedError

    @property
    def back_url(self) -> str:
        chosen = self.request.GET.urlencode()
        return f"{reverse(self.back)}{'?' if chosen else ''}{chosen}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        everything = "all" in request.POST and "sure" not in request.POST
        chosen = self.matching_keys() if everything else request.POST.getlist("chosen")
        keys = list(dict.fromkeys(chosen))
        if not keys:
            self.warning(_("Nothing is selected. Select entries first, then choose an action."))
        elif "sure" not in request.POST:
            return self.render_to_response(self.question(keys))
        else:
            self.do(keys[:MAX_BULK_ROWS])
            if len(keys) > MAX_BULK_ROWS or "more" in request.POST:
                self.warning(_("The other entries remain as they were. Repeat the action for them."))
        return redirect(self.back_url)

    def question(self, keys: list[str]) -> dict[str, Any]:
        """Return the context of the page that asks, about MAX_BULK_ROWS of the rows at most."""
        more, keys = len(keys) > MAX_BULK_ROWS, keys[:MAX_BULK_ROWS]
        words = self.words[self.action]
        return self.get_context_data(
            title=words.question % {"n": len(keys)},
            detail=words.detail,
            submit_label=words.label,
            tone=words.tone,
            cancel_url=self.back_url,
            chosen=keys,
            names=[self._row_label_or_dash(key) for key in keys[:MAX_LISTED]],
            unnamed=max(0, len(keys) - MAX_LISTED),
            more=more,
        )

    def do(self, keys: list[str]) -> None:
        refused = [refusal for key in keys if (refusal := self._try(key))]
        if done := len(keys) - len(refused):
            self.success(self.words[self.action].done % {"n": done})
        for refusal in refused[:MAX_LISTED]:
            messages.error(self.request, refusal)
        rest = len(refused) - MAX_LISTED
        if rest > 0:
            text = ngettext("%(n)d more could not be completed.", "%(n)d more could not be completed.", rest)
            messages.error(self.request, text % {"n": rest})

    def _try(self, key: str) -> str:
        """Return an empty string on success, else the reason of the refusal."""
        try:
            self.apply_to(key)
        except Http404 as missing:
            return str(missing)
        except (ValidationError, PermissionDenied) as error:
            reasons = error.messages if isinstance(error, ValidationError) else map(str, error.args)
            return f"{self._row_label_or_dash(key)}: {' '.join(reasons)}"
        return ""

    def _row_label_or_dash(self, key: str) -> str:
        try:
            return self.row_label(key)
        except Http404:
            return "—"
