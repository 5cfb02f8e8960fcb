"""An operator in a school: entering with a reason, for a while, on record; and the middleware for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User, Visit
from console.audit.trail import record
from console.policy import may, refusal, role_of

SESSION_KEY = "visit"


@transaction.atomic
def enter_school(*, school: Enterprise, by: User, reason: str) -> Visit:
    """Let an operator into a school for settings.VISIT_S seconds. The school sees who, when and why.

    PermissionDenied for everybody else, ValidationError without a reason.
    """
    if not may(by, "enter", "visit"):
        raise PermissionDenied(refusal("enter", "visit"))
    if not reason.strip():
        raise ValidationError(_("Say why you enter this school; the school reads it."))
    now = timezone.now()
    visit = Visit.objects.create(
        enterprise=school,
        operator=by,
        operator_name=str(by),
        reason=reason.strip(),
        entered_at=now,
        ends_at=now + timedelta(seconds=settings.VISIT_S),
    )
    record("visit.enter", visit, by=by, reason=visit.reason, after={"ends_at": visit.ends_at})
    return visit


@transaction.atomic
def leave_school(*, visit: Visit, by: User) -> None:
    """End a visit before its time; one that is over stays as it is."""
    now = timezone.now()
    if Visit.objects.filter(pk=visit.pk, operator=by, left_at=None, ends_at__gt=now).update(left_at=now):
        record("visit.leave", visit, by=by)


def visits_now(school: Enterprise) -> list[Visit]:
    """Who is in the school now."""
    return list(Visit.objects.filter(enterprise=school, left_at=None, ends_at__gt=timezone.now()))


class Visiting:
    """Puts a visiting operator into the school for one request: `request.visit`, `request.user.enterprise`.

    The session holds the number of the visit, the row decides. Stands between sign-in and the school scope.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.visit = self._visit(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _visit(self, request: HttpRequest) -> Visit | None:
        number = request.session.get(SESSION_KEY)
        user: Any = request.user
        if number is None or role_of(user) != "operator":
            return None
        visit = Visit.objects.filter(pk=number, operator=user).select_related("enterprise").first()
        if visit is None or not visit.is_on:
            del request.session[SESSION_KEY]
            return None
        user.visit(visit.enterprise)
        return visit
