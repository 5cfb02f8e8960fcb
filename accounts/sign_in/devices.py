"""Devices: notify people of a sign-in from a browser in which they have not signed in before.

A browser keeps a random value in a cookie; a row for each person holds its digest. The address says little: a
school shares one, and a phone changes it all day.
"""

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import KnownDevice, User
from accounts.sign_in import user_agents
from console.env import cookie_name
from console.http.client_address import client_address
from console.notifications.services import notify
from console.policy.tokens import token_digest

COOKIE = cookie_name("device")
COOKIE_AGE_S = 400 * 86_400
TOKEN_CHARS = 32
#: A device that was not used for so long is new again.
KEPT_FOR = timedelta(days=180)


def recognize_device(request: Any, person: User) -> None:
    """Remember the browser of a sign-in; notify the person if they have used others, but not this one."""
    token = request.COOKIES.get(COOKIE, "")
    if len(token) != TOKEN_CHARS:
        token = get_random_string(TOKEN_CHARS)
    request.device_token = token
    digest, now = token_digest(token), timezone.now()
    if KnownDevice.objects.filter(person=person, digest=digest).update(last_used_at=now):
        return
    has_others = KnownDevice.objects.filter(person=person).exists()
    # Two sign-ins of one browser at the same moment are one device.
    KnownDevice.objects.bulk_create([KnownDevice(person=person, digest=digest)], ignore_conflicts=True)
    if has_others and person.enterprise_id is not None:
        _notify(request, person, f"device {digest[:16]} {now.timestamp():.0f}")


def set_device_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Store the value in the browser after a sign-in."""
    token = getattr(request, "device_token", "")
    if token:
        response.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def delete_expired_devices() -> int:
    """Forget devices that were not used for KEPT_FOR; return how many."""
    return KnownDevice.objects.filter(last_used_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def describe_place(address: str, own_address: str) -> str:
    """Return what an address tells about the place, compared with the reader's own. Nobody else is asked."""
    if _network_of(address) == _network_of(own_address):
        return _("the network that you are in now")
    if ip_address(address).is_private:
        return _("a local network")
    return _("another network")


def _network_of(address: str) -> Any:
    """Return the range that one school, household or mobile subscriber usually shares."""
    return ip_network((address, 24 if ip_address(address).version == 4 else 64), strict=False)


def _notify(request: HttpRequest, person: User, key: str) -> None:
    device = user_agents.name_user_agent(request.headers.get("User-Agent", ""))
    args = {"device": device, "address": client_address(request)}
    notify("sign_in.new_device", people=[person], key=key, args=args, link=reverse("accounts:my_sign_in"))
