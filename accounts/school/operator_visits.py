"""Visits of operators: time-limited and recorded access to a school, with a reason; and the middleware."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User, Visit
from console.audit.trail import record
from console.concurrency import service
from console.policy import may, refusal_message, role_of

SESSION_KEY = "visit"


@service
def enter_school(*, school: Enterprise, by: User, reason: str) -> Visit:
    """Start a visit of settings.OPERATOR_VISIT_S seconds. The school sees the operator, time and reason.

    Raise PermissionDenied for users who are not operators, and ValidationError without a reason.
    """
    if not may(by, "enter", "visit"):
        raise PermissionDenied(refusal_message(by, "enter", "visit"))
    if not reason.strip():
        raise ValidationError(_("Enter a reason for entering this school. The school can see it."))
    now = timezone.now()
    visit = Visit.objects.create(
        enterprise=school,
        operator=by,
        operator_name=str(by),
        reason=reason.strip(),
        entered_at=now,
        ends_at=now + timedelta(seconds=settings.OPERATOR_VISIT_S),
    )
    record("visit.enter", visit, by=by, reason=visit.reason, after={"ends_at": visit.ends_at})
    return visit


@service
def leave_school(*, visit: Visit, by: User) -> None:
    """End a current visit early. A visit that is over does not change."""
    now = timezone.now()
    if Visit.objects.filter(pk=visit.pk, operator=by, left_at=None, ends_at__gt=now).update(left_at=now):
        record("visit.leave", visit, by=by)


def current_visits(school: Enterprise) -> list[Visit]:
    """Return the current visits."""
    return list(Visit.objects.filter(enterprise=school, left_at=None, ends_at__gt=timezone.now()))


class OperatorVisitMiddleware:
    """Set `request.visit` and `request.user.enterprise` during an operator's visit.

    The session only holds the visit's primary key; the row decides whether it is current. Must run after
    authentication and before the school scope is set.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        extended: Any = request
        extended.visit = self._visit(request)
        return self.get_response(request)

    def _visit(self, request: HttpRequest) -> Visit | None:
        pk = request.session.get(SESSION_KEY)
        user: Any = request.user
        if pk is None or role_of(user) != "operator":
            return None
        visit = Visit.objects.filter(pk=pk, operator=user).select_related("enterprise").first()
        if visit is None or not visit.is_current:
            del request.session[SESSION_KEY]
            return None
        user.enter_school(visit.enterprise)
        return visit
