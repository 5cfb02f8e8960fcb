"""Which school a browser belongs to, so that the door shows its name and logo before anybody is known.

A signed cookie names the school of who gave a right password here last; numbers typed into an address tell
nobody what schools there are.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Enterprise, User

SALT = "accounts.door"
KEPT_S = 180 * 86_400


def remember(answer: HttpResponse, person: User) -> None:
    """Let the door know the school of this person next time; an operator's is the console's own."""
    if person.enterprise_id is None:
        return
    answer.set_signed_cookie(
        settings.DOOR_COOKIE_NAME,
        str(person.enterprise_id),
        salt=SALT,
        max_age=KEPT_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def school_of(request: HttpRequest) -> Enterprise | None:
    """The school that the door shows; None where nobody has signed in here."""
    number = request.get_signed_cookie(settings.DOOR_COOKIE_NAME, "", salt=SALT, max_age=KEPT_S)
    return Enterprise.objects.only("name", "logo").filter(pk=number).first() if number else None
