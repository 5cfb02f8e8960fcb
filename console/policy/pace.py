"""How many requests a minute one person may make of REST."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle


class Pace(UserRateThrottle):
    """`REST_REQUESTS_A_MINUTE` a person, whichever tokens they use; 0 is no limit. Beyond it: 429.

    Each web process counts for itself: a program that is let through twice as often where there are two does
    no harm, and a count that all share would cost each request a write.
    """

    def get_rate(self) -> str | None:
        return f"{settings.REST_REQUESTS_A_MINUTE}/min" if settings.REST_REQUESTS_A_MINUTE else None

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """None, which is not counted, for a stranger: who gets no further than the door."""
        return f"pace:{request.user.pk}" if request.user.is_authenticated else None
