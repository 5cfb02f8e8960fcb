"""Every address × everybody × every method: who may, may; who may not, is turned away, and nothing breaks.

`FAULTS=full` (`make faults`) asks with all methods everywhere; else a stranger asks every address, the admin
of another school every row, and everybody in turns the rest (see `step`). They ask with GET and the methods
that change something and that the address knows in rotation, and in some with one of the others. A new
address gets its line in `expectations.py`.
"""

from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import Enterprise, GuardianAccount, User
from console.policy.table import ROLES, TABLE
from tests.faults.goals import add_to_goal
from tests.faults.sizes import FULL
from tests.security.addresses import ADDRESSES, METHODS, Address
from tests.security.expected import Expected
from tests.security.sample_school import HEADS, SampleSchool, build_sample_school
from tests.support.guardians import guardian_in

COLUMNS = {
    "anonymous": "",
    "guardian": "",
    "student": "student",
    "teacher": "teacher",
    "other teacher": "teacher",
    "covering teacher": "teacher",
    **dict.fromkeys(HEADS, "teacher"),
    "admin": "admin",
    "admin of another school": "admin",
    "supervisor": "supervisor",
    "superadmin": "superadmin",
    "operator": "operator",
}
#: Of these one asks an address; of all others each asks every eleventh. Five and eleven share no divisor with
#: the six addresses of a table in the Django admin, so that everybody asks each kind of them.
OFTEN = ("guardian", "student", "teacher", "other teacher", "admin of another school")
SELDOM = 11
ADMITTED = {"admin", "admin of another school", "superadmin", "operator"}
TURNED_AWAY = {401, 403, 404, 405}
DOORS = ("/sign-in/", "/admin/login/", "/admin/", "/schools/", "/guardian/sign-in/")


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    return build_sample_school(school, other_school, olga)


def may(column: str, expected: Expected, world: SampleSchool) -> bool:
    """What the policy table, a line of `expectations` and the owners of the row say together."""
    if expected.who == "guardian":
        return column == "guardian"
    if expected.who == "nobody" or (not COLUMNS[column] and expected.who != "everybody"):
        return False
    if expected.who in ("everybody", "signed in"):
        return True
    if expected.who == "admitted":
        return column in ADMITTED
    if expected.who == "admin" and column not in ADMITTED:
        return False
    cell = TABLE[expected.resource][expected.action].split()[list(ROLES).index(COLUMNS[column])]
    if column == "operator":
        return cell == "A" and expected.who != "inside"
    if expected.subject and column == "admin of another school":
        return False
    if cell == "O" and expected.subject:
        owners = world.owners.get(expected.subject, set())
        return column in owners | world.owners.get(f"{expected.subject} {expected.action}", set())
    return cell in "SO"


def step(address: Address, column: str) -> int:
    """The person of this column asks one of so many such addresses."""
    in_admin, subject = address.route.startswith("/admin/"), (address.expected("GET") or Expected()).subject
    if column == "anonymous" or (column == "admin of another school" and subject and not in_admin):
        return 1
    return len(OFTEN) if column in OFTEN else SELDOM


def methods_to_ask(address: Address, number: int, column: str) -> list[str]:
    """The methods for the address with this number by this person.

    A method that an address does not know is answered with 405 before it looks at anything.
    """
    if FULL:
        return list(METHODS)
    shift, turn = divmod(number + list(COLUMNS).index(column), step(address, column))
    if turn:
        return []
    known = [one for one in METHODS if address.knows(one) and one not in ("HEAD", "OPTIONS")] or ["GET"]
    others = [one for one in METHODS if one not in known]
    asked = [known[shift % len(known)]]
    if shift % 12 == 0:
        asked.append(others[shift // 12 % len(others)])
    return asked


def wrong(response: HttpResponse, expected: Expected, allowed: bool, known: bool) -> bool:
    """Whether this answer is none that somebody with or without the right should get."""
    status = response.status_code
    if status >= 500:
        return status != 503 or expected.who != "everybody"  # /readyz, where no worker runs
    if allowed and expected.who in ("everybody", "admitted", "signed in", "guardian"):
        if expected.who == "guardian" and known:
            at_a_door = response.headers.get("Location", "") in DOORS
            return status in TURNED_AWAY or (at_a_door and not expected.signs_out)
        return False  # whether that page itself lets them in is told by its own tests
    to_a_door = status == 302 and response.headers["Location"].partition("?")[0] in DOORS
    if not allowed:
        return not (status in TURNED_AWAY or to_a_door)
    if not known:
        return status not in (405, 403)  # pages whose act is not for the reader in this state
    return status in (401, 403, 405) or to_a_door


def test_every_address_is_expected() -> None:
    missing = [
        f"{one.name} {one.route}"
        for one in ADDRESSES
        if one.expected("GET") is None and one.expected("POST") is None
    ]
    assert missing == [], "Add these to tests/security/expectations.py."


def test_the_matrix_is_large_enough() -> None:
    asked = {
        column: [len(methods_to_ask(address, number, column)) for number, address in enumerate(ADDRESSES)]
        for column in COLUMNS
    }
    assert sum(map(sum, asked.values())) >= 1500
    assert all(asked["anonymous"])
    assert all(map(any, zip(*(asked[column] for column in OFTEN), strict=True))), "nobody asks some"


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.usefixtures("short_refusals")
@pytest.mark.timeout(7200 if FULL else 600)
@pytest.mark.parametrize("column", COLUMNS)
def test_nobody_comes_where_they_may_not_and_everybody_where_they_may(
    column: str, world: SampleSchool, settings: object
) -> None:
    settings.REQUIRE_TWO_FACTOR = False  # type: ignore[attr-defined]
    cells, found = 0, []
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    if world.people[column] is not None:
        client.force_login(world.people[column])
    if column == "guardian":
        guardian_in(client, GuardianAccount.objects.get())
    cookies = client.cookies.output(header="", sep=";")
    for number, address in enumerate(ADDRESSES):
        path = address.path(world)
        for method in methods_to_ask(address, number, column):
            expected = address.expected(method)
            client.cookies = SimpleCookie(cookies)
            with transaction.atomic():
                response = client.generic(method, path)
                if response.streaming:
                    list(response.streaming_content)  # read to its end, so that its file is closed
                transaction.set_rollback(True)
            cells += 1
            allowed = expected is not None and may(column, expected, world)
            if expected is None or wrong(response, expected, allowed, address.knows(method)):
                found.append(f"{method} {address.name or path}: {response.status_code} (allowed: {allowed})")
    add_to_goal("matrix", cells=cells, wrong=len(found), columns=1)
    assert not found, "\n".join(found)
