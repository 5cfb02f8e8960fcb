"""Throttling of REST requests by person."""

import math
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle


class PersonRateThrottle(UserRateThrottle):
    """`REST_REQUESTS_A_MINUTE` per person, over all of their tokens; 0 is no limit. Beyond it: 429.

    Each web process counts its own requests, so the effective limit grows with their number. That does no
    harm, and a shared count would cost every request a write.
    """

    num_requests: int | None
    duration: int | None  # in seconds

    def get_rate(self) -> str | None:
        return f"{settings.REST_REQUESTS_A_MINUTE}/min" if settings.REST_REQUESTS_A_MINUTE else None

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Return None, which is not throttled, for anonymous requests: authentication refuses them."""
        return f"pace:{request.user.pk}" if request.user.is_authenticated else None

    def headers(self) -> dict[str, str]:
        """Return the limit, the requests that are left, and the seconds until one more is free.

        Empty where nothing is counted: without a limit, and for anonymous requests.
        """
        history = getattr(self, "history", None)
        if history is None or not self.num_requests or not self.duration:
            return {}
        left = max(0, self.num_requests - len(history))
        reset = math.ceil(self.duration - (self.now - history[-1])) if history else 0
        return {
            "RateLimit-Limit": str(self.num_requests),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(max(0, reset)),
            "RateLimit-Policy": f"{self.num_requests};w={self.duration}",
        }
