"""The sign-in page of a school: found by the name in its address; and logins without the school's number."""

from django.db.models import F, Q

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


def login_to_try(typed: str, school: Enterprise | None) -> str:
    """Return the login to check the password of. Where nobody has it, that is what was typed.

    A user ID alone is that of a person of the school that is known, else the name of an operator. Where no
    school is known it is the name of an operator, else that of the only person in all schools who has it.
    It is one query, whoever types.
    """
    login = full_login(typed, school)
    if "@" in typed:
        return login
    # The prefix of the login has an index, the user ID has none.
    people = Q(login__startswith=f"{typed}@", user_id=typed) if school is None else Q(login=login)
    rows = User.objects.filter(people | Q(login=typed, enterprise=None))
    operator_first = rows.order_by(F("enterprise").asc(nulls_first=True))
    found = list(operator_first.values_list("login", flat=True))  # at most one in each school
    if school is not None:
        return found[-1] if found else login
    return found[0] if len(found) == 1 or typed in found else login
