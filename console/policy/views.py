"""Base classes of HTML pages: sign-in, the policy table, and pagination.

    class LessonList(SchoolView, ListView): resource = "lesson"; action = "list"; model = Lesson
    class LessonEdit(SchoolView, UpdateView): resource = "lesson"; action = "change"; model = Lesson

Another school's row does not exist (404); a row of the own school that the reader may not access is refused
with a reason (403).
"""

import base64
import binascii
import copy
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import DateTimeField, IntegerField, Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic.base import TemplateResponseMixin, View

from console.inputs.bounds import MAX_ID, NUL, parse_datetime
from console.policy.rules import in_school, may, refusal_message, role_of, scoped
from console.postgresql.replica import SAFE_METHODS, read_from_replica

if TYPE_CHECKING:
    from django.contrib.auth.models import _User
    from django_htmx.middleware import HtmxDetails

    class SignedInRequest(HttpRequest):
        """A request as the pages of signed-in users see it, with what the middleware adds."""

        user: _User
        htmx: HtmxDetails

    class _Page(TemplateResponseMixin, View):
        """For the type checker: who narrows `request` has to inherit from all that declare it."""

else:
    _Page = View

PAGE_SIZE = 50
M = TypeVar("M", bound=Model)

#: Of whom nothing but the school decides what they see. Which groups and lessons are somebody's is asked of
#: the primary.
WHOLE_SCHOOL_ROLES = ("admin", "operator")


class SignedInView(_Page):
    """A page for signed-in users; others are sent to the sign-in page and come back."""

    request: "SignedInRequest"
    #: Whether the page only reads, and may do so from a standby of the database.
    reads_replica = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        role = role_of(request.user)
        if not role:
            return redirect_to_login(request.get_full_path(), reverse("accounts:sign_in"))
        self.require()
        if self.reads_replica and role in WHOLE_SCHOOL_ROLES and request.method in SAFE_METHODS:
            attempt = copy.copy(self)  # what it has read stays with it, should it have to be made again
            made = read_from_replica(request, lambda: attempt._make(request, *args, **kwargs))
            if made is not None:
                return made
        return super().dispatch(request, *args, **kwargs)

    def _make(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return the answer with its page rendered, for which rows are read, too."""
        response: Any = super().dispatch(request, *args, **kwargs)
        return response.render() if isinstance(response, SimpleTemplateResponse) else response

    def require(self) -> None:
        """Raise PermissionDenied if the reader may not open the page at all."""

    def success(self, text: str | Promise) -> None:
        """Show a success message on the next page."""
        messages.success(self.request, str(text))

    def warning(self, text: str | Promise) -> None:
        messages.warning(self.request, str(text))

    def go_back(self, to: Any, *args: Any) -> HttpResponseRedirectBase:
        """Redirect to the page that the form names as `next`, if it is one of the console, else to `to`."""
        url = self.request.POST.get("next", "")
        is_own = url_has_allowed_host_and_scheme(url, {self.request.get_host()}, self.request.is_secure())
        return redirect(url) if is_own else redirect(to, *args)


class SchoolView(SignedInView):
    """A page about a resource. List it before Django's generic view; lists have 50 rows a page."""

    resource: str
    action: str = "view"
    paginate_by: int | None = PAGE_SIZE

    def require(self) -> None:
        if not may(self.request.user, self.action, self.resource):
            raise PermissionDenied(refusal_message(self.request.user, self.action, self.resource))

    def may(self, action: str, obj: Model | None = None) -> bool:
        return may(self.request.user, action, self.resource, obj)

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the reader may access by the page's action."""
        generic: Any = super()
        return scoped(generic.get_queryset(), self.request.user, self.resource, self.action)

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        generic: Any = super()
        rows = generic.get_queryset() if queryset is None else queryset
        found: Model = generic.get_object(in_school(rows, self.request.user, self.resource))
        return self.check_allowed(found)

    def check_allowed(self, obj: M) -> M:
        """Return the row if the reader may do the page's action to it, else raise PermissionDenied."""
        if not self.may(self.action, obj):
            raise PermissionDenied(refusal_message(self.request.user, self.action, self.resource, obj))
        return obj

    def get_row(self, queryset: QuerySet[M], **where: Any) -> M:
        """Return a row of the reader's school by its fields, for pages that are not generic views."""
        found = in_school(queryset, self.request.user, self.resource).filter(**where).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        return self.check_allowed(found)


class KeysetPage(NamedTuple, Generic[M]):
    """Rows of one page; `next` is the value of `?after=` of the next page, empty on the last one."""

    rows: list[M]
    next: str


def paginate_by_key(
    rows: QuerySet[M], request: HttpRequest, by: tuple[str, ...] = ("-id",), size: int = PAGE_SIZE
) -> KeysetPage[M]:
    """Return the page after the row named by `?after=`. Every page of a big table is as fast as the first.

    `by` is a unique order, all ascending or all descending. An invalid `after` is a 404.
    """
    names = [name.removeprefix("-") for name in by]
    step = "lt" if by[0].startswith("-") else "gt"
    after = request.GET.get("after", "")
    try:
        if after:
            values = _decode_key(after, [_key_field(rows, name) for name in names])
            rows = rows.filter(_after_key(names, values, step))
        page = list(rows.order_by(*by)[: size + 1])
    except (ValidationError, ValueError, TypeError):
        raise Http404(_("This page does not exist.")) from None
    more = len(page) > size
    return KeysetPage(page[:size], _encode_key(page[size - 1], names) if more else "")


def _after_key(names: list[str], values: list[Any], step: str) -> Q:
    """(a, b) < (x, y) written as a <= x and (a < x or (a = x and b < y)): the index begins at a <= x."""
    beyond = Q()
    for place, name in enumerate(names):
        equal = dict(zip(names[:place], values, strict=False))
        beyond |= Q(**equal, **{f"{name}__{step}": values[place]})
    return beyond & Q(**{f"{names[0]}__{step}e": values[0]})


def _encode_key(row: Model, names: list[str]) -> str:
    values = (getattr(row, name) for name in names)
    # The encoder truncates datetimes to milliseconds, which would skip rows between two pages.
    precise = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps(precise, cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode()


def _decode_key(after: str, fields: list[Any]) -> list[Any]:
    """Return the values of these columns. `after` comes from the client and is untrusted."""
    try:
        values = json.loads(base64.urlsafe_b64decode(after))
    except (binascii.Error, ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != len(fields):
        raise Http404(_("This page does not exist."))
    return [_key_value(field, value) for field, value in zip(fields, values, strict=True)]


def _key_field(rows: QuerySet[Any], name: str) -> Any:
    """Return the field of a column; for an annotation, that of its expression."""
    added = rows.query.annotations.get(name)
    field: Any = added.output_field if added is not None else rows.model._meta.get_field(name)
    return getattr(field, "target_field", field)  # for a foreign key, the column that it references


def _key_value(field: Any, value: Any) -> Any:
    """Return a value of a column. ValueError if the database cannot compare with it."""
    if isinstance(field, DateTimeField):
        found: Any = parse_datetime(value)
    elif isinstance(field, IntegerField):
        found = value if isinstance(value, int) and abs(value) <= MAX_ID else None
    else:
        found = value if isinstance(value, str) and NUL not in value else None
    if found is None:
        raise ValueError("not a value of this column")
    return found
