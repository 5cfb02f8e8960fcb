"""The sign-in page of a school: found by the name in its address, and logins without the school's number."""

from django.db.models import Q

from accounts.models import Enterprise, User
from accounts.sign_in import attempt_limits
from accounts.sign_in.lockout import Locked


def find_school(name: str, address: str) -> Enterprise | None:
    """Return the school with this sign-in name, or None.

    Names that no school has are counted by IP address, so that nobody can try out a list of names. Raise
    Locked after too many.
    """
    limit = attempt_limits.school_limit(address)
    if until := attempt_limits.take_attempt(limit):
        raise Locked(until)
    schools = Enterprise.objects.only("name", "logo", "sdkappid", "sign_in_name")
    school = schools.filter(sign_in_name=name.lower()).first()
    if school is not None:
        attempt_limits.return_attempt(limit)
    return school


def full_login(typed: str, school: Enterprise | None) -> str:
    """Return the login for what was typed: a user ID alone is one of the school that is known."""
    typed = typed.strip()
    return typed if school is None or not typed or "@" in typed else f"{typed}@{school.sdkappid}"


def login_to_try(login: str, name: str) -> str:
    """Return the login to check the password of: `login` of the school, else an operator's of this name.

    The people of the school come first. It is one query, whoever types.
    """
    of_school, of_operator = Q(login=login), Q(login=name, enterprise=None)
    found = set(User.objects.filter(of_school | of_operator).values_list("login", flat=True))
    return name if name in found and login not in found else login
