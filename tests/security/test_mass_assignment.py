"""Fields that nobody is meant to write, posted to every form and REST address: none is taken.

Each address gets a request that it takes, twice: as it is, and with a value for every undeclared field of
what it is about, of people and of schools. A field that holds that value only the second time was taken.
`FAULTS=full` takes all of them; else some of REST and of the forms of the admin, and none of the pages.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api.views import UserSerializer, UserViewSet
from accounts.models import Enterprise, User
from console.urls import urlpatterns as real
from tests.faults.goals import add_to_goal
from tests.faults.sizes import FULL, size
from tests.security.addresses import AREAS, Address
from tests.security.forbidden_values import forbidden_value, holds_value, protected_fields
from tests.security.sample_school import SampleSchool, build_sample_school

ALWAYS = (User, Enterprise)
#: What a request needs besides what its form shows already.
NEEDED: dict[str, dict[str, Any]] = {
    "accounts:person_add": {"user_id": "nina", "nickname": "Nina", "role": "student"},
    "accounts:group_add": {"name": "Walruses"},
    "accounts:token_add": {"name": "Wall", "days": "3", "scope_lessons": "read"},
    "accounts:school_add": {"name": "Third", "sdkappid": "1400000003", "tic_key": "K" * 32},
    "user-list": {"user_id": "nina", "nickname": "Nina", "role": "student"},
    "studentgroup-list": {"name": "Walruses"},
    "admin:accounts_user_add": {"user_id": "nina", "nickname": "Nina", "role": "student"},
    "admin:accounts_studentgroup_add": {"name": "Walruses"},
}
#: These have to succeed, or the proof says nothing about them.
TAKEN_AS_THEY_ARE = {
    *NEEDED,
    "accounts:person_edit",
    "classes:group_edit",
    "user-detail",
    "studentgroup-detail",
}
#: The way out, and what tells of the machine.
NO_FORMS = {"accounts:sign_out", "admin:logout", "healthz", "readyz", "metrics"}
READERS = {"accounts:school_add": "operator"}


class Sent(NamedTuple):
    status: int
    rows: dict[type[Model], list[dict[str, Any]]]


class Sender:
    """Sends as a superadmin (an operator where only they may) and puts back what it changed."""

    def __init__(self, world: SampleSchool, others: SampleSchool) -> None:
        self.world = world
        self.others = {type(row): row for row in [*others.rows.values(), others.people["admin"]]}
        self.clients = {}
        for reader in ("superadmin", "operator"):
            client = Client(raise_request_exception=False, headers={"accept-language": "en"})
            client.force_login(world.people[reader])  # type: ignore[arg-type]
            self.clients[reader] = client

    def send(self, address: Address, method: str, data: dict[str, Any], watched: list[type[Model]]) -> Sent:
        client = self.clients[READERS.get(address.name, "superadmin")]
        sort = {"content_type": "application/json"} if _is_json(address) else {}
        with transaction.atomic():
            ask = getattr(client, method.lower())
            here = transaction.savepoint()
            response: HttpResponse = ask(address.path(self.world), data, **sort)
            _read(response)
            if _is_broken():  # the database refused, and the page has told so
                transaction.savepoint_rollback(here)
            rows = {model: _state(model) for model in watched}
            transaction.set_rollback(True)
        failed = response.status_code == 200 and not _is_json(address) and _has_errors(response)
        return Sent(400 if failed else response.status_code, rows)

    def form_data(self, address: Address) -> dict[str, Any]:
        """What the page's own form holds before anybody typed."""
        if _is_json(address):
            return {}
        client = self.clients[READERS.get(address.name, "superadmin")]
        with transaction.atomic():
            page = client.get(address.path(self.world))
            _read(page)
            transaction.set_rollback(True)
        form = _form_of(page)
        shown = {name: form[name].value() for name in form.fields} if form is not None else {}
        return {name: value for name, value in shown.items() if value not in (None, "", False)}


def _read(response: Any) -> None:
    """To its end, so that a file is closed."""
    if response.streaming:
        list(response.streaming_content)


def _is_broken() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return True
    return False


def _is_json(address: Address) -> bool:
    return address.route.startswith("/api/") and not address.name.endswith(("import-people", "document-list"))


def _form_of(page: Any) -> Any:
    context = page.context or {}
    if "adminform" in context:
        return context["adminform"].form
    return context.get("form")


def _has_errors(response: Any) -> bool:
    form = _form_of(response)
    return form is not None and bool(form.errors)


def _state(model: type[Model]) -> list[dict[str, Any]]:
    every = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return [
        {
            field.name: list(getattr(row, field.name).values_list("pk", flat=True))
            if field.many_to_many
            else getattr(row, field.attname)
            for field in every
        }
        for row in model._base_manager.order_by("pk")
    ]


def _text(value: Any) -> Any:
    """A value as a form sends it."""
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value)


def accepted(sender: Sender, address: Address, method: str) -> tuple[list[str], int, int]:
    """What was taken though undeclared, how many fields were sent, and the status of the plain form."""
    expected = address.expected(method)
    row = sender.world.rows.get((expected.subject or expected.resource) if expected else "")
    watched = list(dict.fromkeys([*([type(row)] if row is not None else []), *ALWAYS]))
    plain = {"reason": "a reason", "sure": "1", **sender.form_data(address), **NEEDED.get(address.name, {})}
    json = _is_json(address)
    slipped: dict[str, Any] = {}
    for model in watched:
        for name, field in protected_fields(model).items():
            value = forbidden_value(field, sender.others)
            for key in {name, getattr(field, "attname", name)} - set(plain):
                slipped.setdefault(key, value if json else _text(value))
    first = sender.send(address, method, plain, watched)
    second = sender.send(address, method, {**slipped, **plain}, watched)
    found = [
        f"{method} {address.name or address.route}: {model._meta.label}.{name}"
        for model in watched
        for name, field in protected_fields(model).items()
        if _newly(field, forbidden_value(field, sender.others), first.rows[model], second.rows[model], name)
    ]
    found += [
        f"{method} {address.name or address.route}: 500" for sent in (first, second) if sent.status >= 500
    ]
    return found, len(slipped), first.status


def _newly(field: Any, wanted: Any, first: list[Any], second: list[Any], name: str) -> bool:
    padded = [*first, *({} for _ in second[len(first) :])]
    return any(
        holds_value(field, after[name], wanted) and not (before and holds_value(field, before[name], wanted))
        for before, after in zip(padded, second, strict=False)
    )


def writing(address: Address) -> Iterator[str]:
    yield from (method for method in ("POST", "PUT", "PATCH") if address.knows(method))


@pytest.fixture
def sender(school: Enterprise, other_school: Enterprise, olga: User, settings: Any) -> Sender:
    settings.REQUIRE_TWO_FACTOR = False
    return Sender(
        build_sample_school(school, other_school, olga), build_sample_school(other_school, school, olga)
    )


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.usefixtures("short_refusals")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("area", AREAS if FULL else ["admin", "rest"])
def test_no_undeclared_field_is_taken(area: str, sender: Sender) -> None:
    found, refused, requests, fields = [], set(), 0, 0
    forms = [address for address in AREAS[area] if address.name not in NO_FORMS]
    forms = forms[:: size(full=1, ci=29 if area == "admin" else 8)]
    for address in forms:
        for method in writing(address):
            taken, posted, status = accepted(sender, address, method)
            found += taken
            requests += 1
            fields += posted
            if address.name in TAKEN_AS_THEY_ARE and status >= 400 and method != "PUT":
                refused.add(f"{method} {address.name}: {status}")
    add_to_goal("mass assignment", requests=requests, fields=fields, accepted=len(found))
    assert refused - {f"POST {name}: 405" for name in TAKEN_AS_THEY_ARE} == set()
    assert found == []


class LooseSerializer(UserSerializer):
    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "is_active")


class LooseViewSet(UserViewSet):
    """Writes whatever it takes; the service would leave out what it does not know."""

    serializer_class = LooseSerializer

    def perform_update(self, serializer: Any) -> None:
        taken = {name: value for name, value in serializer.validated_data.items() if name == "is_active"}
        if taken:
            User.objects.filter(pk=serializer.instance.pk).update(**taken)
        super().perform_update(serializer)


router = SimpleRouter()
router.register("users", LooseViewSet)
urlpatterns = [path("api/v1/", include(router.urls)), *real]


@pytest.mark.urls("tests.security.test_mass_assignment")
def test_one_field_too_many_is_noticed(sender: Sender) -> None:
    [address] = [one for one in AREAS["rest"] if one.name == "user-detail"]
    assert accepted(sender, address, "PATCH")[0] == ["PATCH user-detail: accounts.User.is_active"]
