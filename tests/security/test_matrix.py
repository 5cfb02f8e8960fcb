"""Every address × everybody × every method: who may, may; who may not, is turned away, and nothing breaks."""

import os
import re
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Enterprise, User
from console.policy.table import ROLES, TABLE
from tests.security.expectations import PAGES, REST_PAGES, Expected, of_admin
from tests.security.world import World, build

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: All methods everywhere, as `make faults` and `make bench` set it; else two of them for each address and
#: person, GET and the others in rotation.
FULL = os.environ.get("FAULTS") == "full"
COLUMNS = {
    "anonymous": "",
    "student": "student",
    "teacher": "teacher",
    "other teacher": "teacher",
    "admin": "admin",
    "admin of another school": "admin",
    "supervisor": "supervisor",
    "superadmin": "superadmin",
    "operator": "operator",
}
ADMITTED = {"admin", "admin of another school", "superadmin", "operator"}
TURNED_AWAY = {401, 403, 404, 405}
GROUP = re.compile(r"\(\?P<(?P<regex>\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(?P<path>\w+)>")
DOORS = ("/sign-in/", "/admin/login/", "/admin/", "/schools/")


class Address:
    """A pattern of the URLconf with its name and, for REST, the action of each method."""

    def __init__(self, route: str, name: str, pattern: URLPattern) -> None:
        self.route, self.name = route, name
        self.actions = getattr(pattern.callback, "actions", None)
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        offered = {verb.upper() for verb in getattr(view, "http_method_names", METHODS)}
        self.answers = {verb for verb in METHODS if verb in offered and (self.actions or _has(view, verb))}

    def expected(self, method: str) -> Expected | None:
        expected = self._declared(method)
        if expected and method == "OPTIONS" and not self.route.startswith("/admin/"):
            return expected._replace(subject="")  # it tells what an address takes and looks at no row
        return expected

    def _declared(self, method: str) -> Expected | None:
        if self.route.startswith("/admin/"):
            return of_admin(self.name.removeprefix("admin:"), method)
        if self.actions is None:
            return PAGES.get(self.name)
        known = REST_PAGES.get(self.name or self.route.removeprefix("/api/v1/"))
        action = self.actions.get("get" if method == "HEAD" else method.lower())
        return known and known.get(action or next(iter(self.actions.values())))

    def knows(self, method: str) -> bool:
        if self.actions is None:
            return method in self.answers
        wanted = "get" if method == "HEAD" else method.lower()
        return method == "OPTIONS" or (method in self.answers and wanted in self.actions)

    def path(self, world: World) -> str:
        """The address with the world's own row in it."""
        subject = (self.expected("GET") or Expected()).subject
        row = world.rows.get(subject)
        values = {
            "pk": f"user-{world.rows['person'].pk}" if subject == "drift" else getattr(row, "pk", 1),
            "object_id": getattr(row, "pk", 1),
            "key": f"user-{world.rows['person'].pk}",
            "user_id": "dina",
            "section": "general",
            "suffix": "csv",
            "name": "file.pdf",
            "app_label": "accounts",
            "content_type_id": 1,
            "token": "wrong",
            "path_token": "wrong",
            "provider_id": "sso",
            "url": "x",
        }
        path = GROUP.sub(lambda found: str(values[found["regex"] or found["path"]]), self.route)
        return path.replace("^", "").replace("$", "").replace("\\", "")


def _has(view: type | None, method: str) -> bool:
    """Whether a view class has the method; of a function nobody can tell."""
    return view is None or hasattr(view, "get" if method == "HEAD" else method.lower())


def addresses() -> list[Address]:
    def walk(resolver: URLResolver, prefix: str, space: str) -> list[Address]:
        found: list[Address] = []
        for one in resolver.url_patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                found += walk(one, route, f"{space}{one.namespace}:" if one.namespace else space)
            else:
                found.append(Address(route, f"{space}{one.name}" if one.name else "", one))
        return found

    return walk(get_resolver("console.urls"), "/", "")


ADDRESSES = addresses()
AREAS = {
    "admin": [one for one in ADDRESSES if one.route.startswith("/admin/")],
    "rest": [one for one in ADDRESSES if one.route.startswith("/api/")],
    "pages": [one for one in ADDRESSES if not one.route.startswith(("/admin/", "/api/"))],
}


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> World:
    return build(school, other_school, olga)


def may(column: str, expected: Expected, world: World) -> bool:
    """What the policy table, a line of `expectations` and the owners of the row say together."""
    if expected.who == "nobody" or (column == "anonymous" and expected.who != "everybody"):
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
        return column in world.owners.get(expected.subject, set())
    return cell in "SO"


def wrong(response: HttpResponse, expected: Expected, allowed: bool, known: bool) -> bool:
    """Whether this answer is none that somebody with or without the right should get."""
    status = response.status_code
    if status >= 500:
        return status != 503 or expected.who != "everybody"  # /readyz, where no worker runs
    if allowed and expected.who in ("everybody", "admitted", "signed in"):
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
    assert len(ADDRESSES) * len(COLUMNS) * (len(METHODS) if FULL else 2) >= 3000


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("column", COLUMNS)
def test_nobody_comes_where_they_may_not_and_everybody_where_they_may(
    column: str, area: str, world: World, settings: object
) -> None:
    settings.REQUIRE_TWO_FACTOR = False  # type: ignore[attr-defined]
    cells, found = 0, []
    signed_in = Client()
    if world.people[column] is not None:
        signed_in.force_login(world.people[column])
    turn = list(COLUMNS).index(column)
    for number, address in enumerate(AREAS[area]):
        path = address.path(world)
        for method in METHODS if FULL else ("GET", METHODS[1 + (number + turn) % 6]):
            expected = address.expected(method)
            client = Client(raise_request_exception=False, headers={"accept-language": "en"})
            client.cookies = SimpleCookie(signed_in.cookies.output(header="", sep=";"))
            with transaction.atomic():
                response = client.generic(method, path)
                if response.streaming:
                    list(response.streaming_content)  # read to its end, so that its file is closed
                transaction.set_rollback(True)
            cells += 1
            allowed = expected is not None and may(column, expected, world)
            if expected is None or wrong(response, expected, allowed, address.knows(method)):
                found.append(f"{method} {address.name or path}: {response.status_code} (allowed: {allowed})")
    print(f"{column}, {area}: {cells} cells, {len(found)} wrong")
    assert not found, "\n".join(found)
