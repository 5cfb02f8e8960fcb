"""The control interface of the local service: what the vendor's staff, and the past, would have done."""

from typing import Any

import requests
from django.conf import settings


class NoLocalService(Exception):
    """The service at ICLASS_BASE_URL is away, or is not the local one; the text says what to do."""


def control(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST to the control interface; NoLocalService where there is none or it says no."""
    url = f"{settings.ICLASS_BASE_URL}/control/{path}"
    try:
        answer = requests.post(url, json=body, timeout=30)
        told: dict[str, Any] = answer.json()
    except requests.RequestException:
        raise NoLocalService(
            f"No local iclass service answers at {settings.ICLASS_BASE_URL}. Start one with:"
            " manage.py sandbox --bind 127.0.0.1:9000 --data var/sandbox"
        ) from None
    if told.get("error_code") != 0:
        raise NoLocalService(f"The local service refused {path}: {told.get('error_msg')}")
    return told
