"""Remember the school of a browser, to show its name and logo on the sign-in page.

A signed cookie holds the school of the last successful sign-in, so that nobody can list schools by trying
numbers in a URL.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Enterprise, User

SALT = "accounts.remembered_school"
COOKIE_AGE_S = 180 * 86_400


def remember_school(response: HttpResponse, person: User) -> None:
    """Store the person's school in a cookie. Operators have no school."""
    if person.enterprise_id is None:
        return
    response.set_signed_cookie(
        settings.REMEMBERED_SCHOOL_COOKIE_NAME,
        str(person.enterprise_id),
        salt=SALT,
        max_age=COOKIE_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def get_remembered_school(request: HttpRequest) -> Enterprise | None:
    """Return the school to show on the sign-in page, or None."""
    number = request.get_signed_cookie(
        settings.REMEMBERED_SCHOOL_COOKIE_NAME, "", salt=SALT, max_age=COOKIE_AGE_S
    )
    return Enterprise.objects.only("name", "logo").filter(pk=number).first() if number else None
