"""Remember the school of a browser, to show its name and logo on the sign-in page.

A signed cookie holds the school of the last successful sign-in, or whose own sign-in page was opened, so
that nobody can list schools by trying numbers in a URL. Where the school is known, a user ID is enough.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Enterprise, User

SALT = "accounts.remembered_school"
COOKIE_AGE_S = 180 * 86_400


def remember_school(response: HttpResponse, person: User) -> None:
    """Store the person's school in a cookie. Operators have no school."""
    if person.enterprise_id is not None:
        set_school(response, person.enterprise_id)


def set_school(response: HttpResponse, school: int) -> None:
    """Store a school in the cookie: of who has signed in, or whose sign-in page was opened."""
    response.set_signed_cookie(
        settings.REMEMBERED_SCHOOL_COOKIE_NAME,
        str(school),
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
    return (
        Enterprise.objects.only("name", "logo", "sdkappid", "sign_in_name").filter(pk=number).first()
        if number
        else None
    )
