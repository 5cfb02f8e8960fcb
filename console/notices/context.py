"""What every page shows of the reader's notices."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from console.notices.models import Notice
from console.policy import role_of, scoped


def unread(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `unread_notices`, how many notices are new; asked only where a page shows it."""
    return {"unread_notices": SimpleLazyObject(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if not role_of(user):
        return 0
    return scoped(Notice.objects.filter(shown=True, read_at=None), user, "notice", "list").count()
