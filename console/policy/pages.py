"""What every HTML page stands on: sign-in, the policy table, and pages of a list.

    class LessonList(SchoolPage, ListView): resource = "lesson"; action = "list"; model = Lesson
    class LessonEdit(SchoolPage, UpdateView): resource = "lesson"; action = "change"; model = Lesson

Another school's row does not exist (404); one of the own school that the reader may not touch is refused with
a reason (403).
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic.base import View

from console.policy.rules import in_school, may, refusal, role_of, scoped

PAGE_SIZE = 50
M = TypeVar("M", bound=Model)


class SignedIn(View):
    """A page for people who signed in; others go to the sign-in page and come back."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not role_of(request.user):
            return redirect_to_login(request.get_full_path(), reverse("accounts:sign_in"))
        self.require()
        return super().dispatch(request, *args, **kwargs)

    def require(self) -> None:
        """Raise PermissionDenied where the reader may not come in at all."""

    def say(self, text: str | Promise) -> None:
        """Tell the reader on the next page what has been done."""
        messages.success(self.request, str(text))

    def warn(self, text: str | Promise) -> None:
        messages.warning(self.request, str(text))


class SchoolPage(SignedIn):
    """A page about a resource. Put it before Django's generic view; a list is paged by 50."""

    resource: str
    action: str = "view"
    paginate_by = PAGE_SIZE

    def require(self) -> None:
        if not may(self.request.user, self.action, self.resource):
            raise PermissionDenied(refusal(self.action, self.resource))

    def may(self, action: str, obj: Model | None = None) -> bool:
        return may(self.request.user, action, self.resource, obj)

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that this page is about; `super().get_queryset()` narrows nothing by itself."""
        return scoped(super().get_queryset(), self.request.user, self.resource, self.action)  # type: ignore[misc]

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        rows = super().get_queryset() if queryset is None else queryset  # type: ignore[misc]
        return self.allowed(super().get_object(in_school(rows, self.request.user, self.resource)))  # type: ignore[misc]

    def allowed(self, obj: M) -> M:
        """The row, where the reader may do the page's action to it; PermissionDenied otherwise."""
        if not self.may(self.action, obj):
            raise PermissionDenied(refusal(self.action, self.resource))
        return obj

    def find(self, queryset: QuerySet[M], **where: Any) -> M:
        """A row of the reader's school by its fields, for pages that are no generic view."""
        found = in_school(queryset, self.request.user, self.resource).filter(**where).first()
        if found is None:
            raise Http404(_("There is no such thing in your school."))
        return self.allowed(found)


class KeysetPage(NamedTuple, Generic[M]):
    """Rows of one page; `next` is the value of `?after=` of the next page, empty on the last one."""

    rows: list[M]
    next: str


def keyset(
    rows: QuerySet[M], request: HttpRequest, by: tuple[str, ...] = ("-id",), size: int = PAGE_SIZE
) -> KeysetPage[M]:
    """A page after the row named by `?after=`: as fast on page 10,000 as on the first, for big tables.

    `by` is a unique order, all of it ascending or all descending. A damaged `after` is a 404.
    """
    names = [name.removeprefix("-") for name in by]
    step = "lt" if by[0].startswith("-") else "gt"
    after = request.GET.get("after", "")
    try:
        if after:
            rows = rows.filter(_beyond(names, _decoded(after, len(names)), step))
        page = list(rows.order_by(*by)[: size + 1])
    except (ValidationError, ValueError, TypeError):
        raise Http404(_("There is no such page.")) from None
    more = len(page) > size
    return KeysetPage(page[:size], _encoded(page[size - 1], names) if more else "")


def _beyond(names: list[str], values: list[Any], step: str) -> Q:
    """(a, b) < (x, y) written as a <= x and (a < x or (a = x and b < y)): the index begins at a <= x."""
    beyond = Q()
    for place, name in enumerate(names):
        equal = dict(zip(names[:place], values, strict=False))
        beyond |= Q(**equal, **{f"{name}__{step}": values[place]})
    return beyond & Q(**{f"{names[0]}__{step}e": values[0]})


def _encoded(row: Model, names: list[str]) -> str:
    told = (getattr(row, name) for name in names)
    # The encoder cuts moments to the millisecond, which would leave rows out between two pages.
    whole = [value.isoformat() if isinstance(value, datetime) else value for value in told]
    values = json.dumps(whole, cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(values.encode()).decode()


def _decoded(after: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(after))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise Http404(_("There is no such page."))
    return values
