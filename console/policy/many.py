"""One act on many rows: those ticked in a list, or all that its filter fits. It asks first, then does it.

    class ManyOperations(ActOnMany): resource = "operation"; back = "outbox:operations"; words = {…}

The list's form posts to this page with the filter in the address; the answer names the number and asks; its
own form posts `sure`. What cannot be done to one row is told and does not stop the others.
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

from console.policy.pages import SchoolPage

#: Rows that one press may change; more take too long for somebody who waits.
MOST = 1000
#: Refusals told one by one, and rows named in the question.
TOLD = 5


@dataclass(frozen=True)
class Asked:
    """The words of an act on many; `question` and `done` count with `%(n)d`."""

    question: str | Promise
    detail: str | Promise
    label: str | Promise
    done: str | Promise
    tone: str = "primary"


class ActOnMany(SchoolPage, TemplateView):
    """`action` is that of the policy table, `back` the name of the list's address."""

    template_name = "generic/many.html"
    http_method_names = ("post", "options")
    words: ClassVar[Mapping[str, Asked]]
    back: ClassVar[str]

    def fitting(self) -> Sequence[str]:
        """The keys of all rows that the filter in the address fits and that allow the act."""
        raise NotImplementedError

    def label_of(self, key: str) -> str:
        """What a row is called in the question."""
        raise NotImplementedError

    def act_on(self, key: str) -> None:
        """Do it to one row. ValidationError, PermissionDenied or Http404 where it cannot be."""
        raise NotImplementedError

    @property
    def back_url(self) -> str:
        chosen = self.request.GET.urlencode()
        return f"{reverse(self.back)}{'?' if chosen else ''}{chosen}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        everything = "all" in request.POST and "sure" not in request.POST
        named = self.fitting() if everything else request.POST.getlist("chosen")
        keys = list(dict.fromkeys(named))[:MOST]
        if not keys:
            self.warn(_("Nothing was chosen. Tick the lines first, then choose what to do."))
        elif "sure" not in request.POST:
            return self.render_to_response(self.question(keys))
        else:
            self.do(keys)
        return redirect(self.back_url)

    def question(self, keys: list[str]) -> dict[str, Any]:
        words = self.words[self.action]
        return self.get_context_data(
            title=words.question % {"n": len(keys)},
            detail=words.detail,
            submit_label=words.label,
            tone=words.tone,
            cancel_url=self.back_url,
            chosen=keys,
            names=[self._named(key) for key in keys[:TOLD]],
            unnamed=max(0, len(keys) - TOLD),
        )

    def do(self, keys: list[str]) -> None:
        refused = [told for key in keys if (told := self._try(key))]
        if done := len(keys) - len(refused):
            self.say(self.words[self.action].done % {"n": done})
        for told in refused[:TOLD]:
            messages.error(self.request, told)
        rest = len(refused) - TOLD
        if rest > 0:
            text = ngettext("%(n)d more could not be done.", "%(n)d more could not be done.", rest)
            messages.error(self.request, text % {"n": rest})

    def _try(self, key: str) -> str:
        """Empty where it was done, else why not."""
        try:
            self.act_on(key)
        except Http404 as missing:
            return str(missing)
        except (ValidationError, PermissionDenied) as error:
            said = error.messages if isinstance(error, ValidationError) else map(str, error.args)
            return f"{self._named(key)}: {' '.join(said)}"
        return ""

    def _named(self, key: str) -> str:
        try:
            return self.label_of(key)
        except Http404:
            return "—"
