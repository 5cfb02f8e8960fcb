"""Throttling of REST requests by person."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle


class PersonRateThrottle(UserRateThrottle):
    """`REST_REQUESTS_A_MINUTE` per person, over all of their tokens; 0 is no limit. Beyond it: 429.

    Each web process counts its own requests, so the effective limit grows with their number. That does no
    harm, and a shared count would cost every request a write.
    """

    def get_rate(self) -> str | None:
        return f"{settings.REST_REQUESTS_A_MINUTE}/min" if settings.REST_REQUESTS_A_MINUTE else None

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Return None, which is not throttled, for anonymous requests: authentication refuses them."""
        return f"pace:{request.user.pk}" if request.user.is_authenticated else None
