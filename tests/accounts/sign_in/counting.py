"""A back end that counts how often a password is really looked at."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class CountingBackend(ModelBackend):
    looks = 0

    def authenticate(self, request: Any, **credentials: Any) -> Any:
        type(self).looks += 1
        return super().authenticate(request, **credentials)
