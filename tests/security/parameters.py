"""Which parameters every address has, and requests that give one of them a hostile value.

What a page reads of its query and of its form it tells itself: it is asked once, with a middleware that notes
the names. What REST takes stands in its own description. The other parameters of a request are as a person
would send them, so that the hostile one comes as far as it can.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.test import Client
from rest_framework.test import APIClient

from tests.security.addresses import GROUP, Address
from tests.security.hostile_values import CONTENTS, HEADER_VALUES, HEADERS, JSON_VALUES, TEXTS
from tests.security.sample_school import SampleSchool

#: Bodies of REST that would be taken as they are.
WHEN = {"starts_at": "2027-03-02T08:00:00Z", "ends_at": "2027-03-02T09:00:00Z"}
BODIES: dict[str, dict[str, Any]] = {
    "user-list": {"user_id": "nina", "nickname": "Nina", "role": "student"},
    "studentgroup-list": {"name": "Walruses"},
    "lesson-list": {"topic": "Hats", "teacher": "bob", **WHEN},
    "course-list": {
        "title": "Hats",
        "teacher": "bob",
        "dtstart": "2027-03-02T08:00:00",
        "rrule": "FREQ=WEEKLY;COUNT=3",
        "duration_minutes": 45,
    },
    "document-uploads": {"name": "a.pdf", "size": 9},
}
#: Headers are read by what all addresses have in common, so of the addresses some will do.
HEADERS_EVERY = 20
_noted: list[set[str]] = []


class RecordingQueryDict(QueryDict):
    """Notes every name that is asked for."""

    def _note(self, name: Any) -> None:
        if _noted:
            _noted[-1].add(str(name))

    def __getitem__(self, key: Any) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def getlist(self, key: Any, default: Any = None) -> Any:
        self._note(key)
        return super().getlist(key, default)

    def __contains__(self, key: Any) -> bool:
        self._note(key)
        return super().__contains__(key)


class RecordParameterNames:
    """A middleware that lets a page read its query and its form from `RecordingQueryDict`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _noted:
            request.GET = RecordingQueryDict(request.META["QUERY_STRING"])  # type: ignore[assignment]
            if request.method == "POST" and not request.path_info.startswith("/api/"):
                request.POST = RecordingQueryDict(request.POST.urlencode(), mutable=True)  # type: ignore[assignment]
        return self.get_response(request)


class Parameter(NamedTuple):
    """`place` is path, query, form, json, file or header."""

    address: Address
    method: str
    place: str
    name: str


class Sender:
    """Sends as everybody of the world, each signed in both ways."""

    def __init__(self, world: SampleSchool, tokens: dict[str, str], dice: random.Random) -> None:
        self.world, self.dice = world, dice
        self.pages, self.programs = {}, {}
        for column, person in world.people.items():
            self.pages[column] = Client(raise_request_exception=False, headers={"accept-language": "en"})
            self.programs[column] = APIClient(raise_request_exception=False)
            if person is not None:
                self.pages[column].force_login(person)
                self.programs[column].credentials(HTTP_AUTHORIZATION=f"Token {tokens[column]}")
        self.files: dict[str, set[str]] = {}
        self._forms: dict[str, dict[str, Any]] = {}

    def client(self, address: Address, column: str) -> Client:
        return (self.programs if address.route.startswith("/api/") else self.pages)[column]

    def names(self, address: Address, method: str, column: str) -> set[str]:
        """What a page reads of its query (GET) or of its form (POST)."""
        _noted.append(set())
        try:
            answer = self.client(address, column).generic(
                method, address.path(self.world), content_type="application/x-www-form-urlencoded"
            )
            _read(answer)
            return _noted[-1]
        finally:
            _noted.pop()

    def form(self, address: Address, column: str) -> dict[str, Any]:
        """What the form of a page holds before anybody types."""
        if address.route not in self._forms:
            page = self.client(address, column).get(address.path(self.world))
            _read(page)
            context = page.context or {}
            form = context["adminform"].form if "adminform" in context else context.get("form")
            fields = form.fields if form is not None else {}
            shown = {name: form[name].value() for name in fields}
            self.files[address.route] = {name for name in fields if isinstance(fields[name], forms.FileField)}
            self._forms[address.route] = {
                name: value for name, value in shown.items() if isinstance(value, str | int | list) and value
            }
        return dict(self._forms[address.route])

    def send(self, parameter: Parameter, column: str, value: int) -> Any:
        """The answer to one hostile value, by its number."""
        client = self.client(parameter.address, column)
        answer = getattr(self, f"_{parameter.place}")(parameter, client, value)
        _read(answer)
        return answer

    def _path(self, one: Parameter, client: Client, value: int) -> Any:
        text = quote(TEXTS[value % len(TEXTS)], safe="") or "%20"
        whole = GROUP.sub(lambda found: text if one.name in found.groups() else found[0], one.address.route)
        rest = Address.path(_Routed(one.address, whole), self.world)
        return client.generic(one.method, rest)

    def _query(self, one: Parameter, client: Client, value: int) -> Any:
        told = urlencode({one.name: TEXTS[value % len(TEXTS)]})
        return client.generic(one.method, f"{one.address.path(self.world)}?{told}")

    def _form(self, one: Parameter, client: Client, value: int) -> Any:
        data = self._forms.get(one.address.route, {}) | {one.name: TEXTS[value % len(TEXTS)]}
        body = urlencode(data, doseq=True)
        sort = "application/x-www-form-urlencoded"
        return client.generic("POST", one.address.path(self.world), body, content_type=sort)

    def _json(self, one: Parameter, client: Client, value: int) -> Any:
        fields = {name: json.dumps(told) for name, told in BODIES.get(one.address.name, {}).items()}
        piece = JSON_VALUES[value % len(JSON_VALUES)]
        whole = fields | ({one.name: piece} if one.name else {})
        body = "{" + ", ".join(f"{json.dumps(name)}: {told}" for name, told in whole.items()) + "}"
        path = one.address.path(self.world)
        return client.generic(one.method, path, body if one.name else piece, content_type="application/json")

    def _file(self, one: Parameter, client: Client, value: int) -> Any:
        suffix = self.dice.choice((".pdf", ".png", ".csv", ".xlsx", ".docx", ""))
        name = TEXTS[value % len(TEXTS)][:200].replace("\r", "").replace("\n", "").replace('"', "") or "x"
        file = SimpleUploadedFile("a", CONTENTS[value % len(CONTENTS)])
        file._name = f"{name}{suffix}"  # as it was sent: Django takes paths out of a name that is set
        data = self._forms.get(one.address.route, {}) | {one.name: file}
        if client in self.programs.values():
            return client.post(one.address.path(self.world), data, format="multipart")
        return client.post(one.address.path(self.world), data)

    def _header(self, one: Parameter, client: Client, value: int) -> Any:
        form = self.dice.choice(HEADERS[one.name])
        told = form.format(HEADER_VALUES[value % len(HEADER_VALUES)])
        path = one.address.path(self.world)
        if one.name == "cookie":
            client = Client(raise_request_exception=False)
        if one.name == "content-type":
            return client.generic(one.method, path, b"{}", content_type=told)
        return client.generic(one.method, path, headers={one.name: told})


class _Routed:
    """An address of another route."""

    def __init__(self, address: Address, route: str) -> None:
        self.route, self.expected = route, address.expected


def parameters(sender: Sender, addresses: list[Address], schema: dict[str, Any]) -> Iterator[Parameter]:
    """Every parameter of every address."""
    for number, address in enumerate(addresses):
        reader = "operator" if address.name in ("accounts:school_add", "accounts:schools") else "superadmin"
        yield from (Parameter(address, "GET", "path", name) for name in _names(address))
        if number % HEADERS_EVERY == 0:
            yield from (Parameter(address, "GET", "header", name) for name in HEADERS)
        if address.knows("GET"):
            told = sender.names(address, "GET", reader)
            yield from (Parameter(address, "GET", "query", name) for name in sorted(told))
        if address.route.startswith("/api/"):
            yield from _of_rest(address, schema)
        elif address.knows("POST"):
            yield from _of_form(address, sender, reader)


def _of_form(address: Address, sender: Sender, reader: str) -> Iterator[Parameter]:
    sender.form(address, reader)
    yield from (Parameter(address, "POST", "path", name) for name in _names(address))
    for name in sorted(sender.names(address, "POST", reader) | set(sender.form(address, reader))):
        yield Parameter(address, "POST", "form", name)
    for name in sorted(sender.files[address.route]):
        yield Parameter(address, "POST", "file", name)


def _of_rest(address: Address, schema: dict[str, Any]) -> Iterator[Parameter]:
    """By the description: query parameters, and the fields of bodies."""
    path = re.sub(r"^\^|\$$", "", GROUP.sub("{}", address.route)).replace("\\", "")
    for known, methods in schema["paths"].items():
        if re.sub(r"\{\w+\}", "{}", known) != path.replace("^", "").replace("$", ""):
            continue
        for method, told in methods.items():
            verb = method.upper()
            for one in told.get("parameters", ()):
                if one["in"] == "query":
                    yield Parameter(address, verb, "query", one["name"])
            for sort, body in told.get("requestBody", {}).get("content", {}).items():
                place = "json" if sort == "application/json" else "file"
                names = _properties(body["schema"], schema) if "form-urlencoded" not in sort else ()
                yield from (Parameter(address, verb, place, name) for name in ("", *names))


def _properties(told: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    if "$ref" in told:
        told = schema["components"]["schemas"][told["$ref"].rpartition("/")[2]]
    return list(told.get("properties", ()))


def _names(address: Address) -> list[str]:
    return sorted({name for found in GROUP.finditer(address.route) for name in found.groups() if name})


def _read(answer: Any) -> None:
    """To its end, so that a file is closed."""
    if answer.streaming:
        list(answer.streaming_content)
