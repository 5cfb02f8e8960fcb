"""The OpenAPI description at /api/schema/: complete, open to everybody, without a warning."""

import json
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.test import Client
from drf_spectacular import validation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.renderers import OpenApiJsonRenderer
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from console.webhooks.events import all_events

pytestmark = pytest.mark.django_db

RESOURCES = "users groups courses lessons documents recordings attendance operations callbacks".split()  # noqa: SIM905


@pytest.fixture
def described():
    return schema()


@cache
def answer():
    """Asked once, with a version that is none: it takes seconds, and is the same for every test."""
    GENERATOR_STATS.reset()
    return Client().get("/api/schema/", {"version": "a\r\nX: y"}), bool(GENERATOR_STATS)


@cache
def schema():
    told, _ = answer()
    assert told.status_code == 200
    return yaml.load(told.content, yaml.CSafeLoader)


def openapi_validator():
    """As of `spectacular --validate`, but it looks once for what references name, not for each of them."""
    rules = json.loads(Path(validation.__file__).with_name("openapi_3_1_schema.json").read_text())
    registry = Registry().with_resource(rules["$id"], Resource.from_contents(rules))
    return Draft202012Validator(rules, registry=registry.crawl())


def test_it_is_generated_without_a_warning(described):
    _, warned = answer()
    assert not warned
    assert described["paths"]
    assert described["openapi"].startswith("3.1")
    plain = json.loads(OpenApiJsonRenderer().render(described))
    assert list(openapi_validator().iter_errors(plain)) == []


def test_each_event_of_a_webhook_is_described_with_its_fields(described):
    assert set(described["webhooks"]) == {event.name for event in all_events()}
    cancelled = described["webhooks"]["lesson.cancelled"]["post"]
    body = cancelled["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"school", "lesson", "teacher", "details"} <= set(body["data"]["properties"])
    assert body["type"]["const"] == "lesson.cancelled"
    names = {parameter["name"] for parameter in cancelled["parameters"]}
    assert names == {"webhook-id", "webhook-timestamp", "webhook-signature"}


def test_an_unknown_version_is_not_repeated_in_a_header():
    told, _ = answer()
    assert told["Content-Disposition"] == 'inline; filename="iclass console.yaml"'


@pytest.mark.parametrize("name", RESOURCES)
def test_every_pinned_resource_is_listed_and_retrieved(described, name):
    key = "{user_id}" if name == "users" else "{id}"
    assert "get" in described["paths"][f"/api/v1/{name}/"]
    assert "get" in described["paths"][f"/api/v1/{name}/{key}/"]


def test_the_acts_on_a_lesson_and_its_register_are_described(described):
    for act in ("start", "stop", "cancel"):
        assert "post" in described["paths"][f"/api/v1/lessons/{{id}}/{act}/"]
    paths = [path for path in described["paths"] if "/attendance" in path]
    assert any(path.endswith("/attendance.xlsx") for path in paths)
    assert any(path.endswith("/attendance.csv") for path in paths)


def test_the_receiver_of_callbacks_is_described_with_its_signature(described):
    [path] = [path for path in described["paths"] if path.startswith("/callbacks/iclass/")]
    receive = described["paths"][path]["post"]
    assert {one["name"] for one in receive["parameters"] if one["in"] == "query"} == {
        *("sdkappid", "random", "expire_time", "sign"),
    }
    assert receive.get("security", [{}]) == [{}]


def test_tokens_are_described_and_no_secret_is_a_field(described):
    assert "token" in described["components"]["securitySchemes"]
    text = json.dumps(described)
    for secret in ("tic_key", "private_key", "user_token", "callback_token"):
        assert secret not in text


def test_the_password_of_a_lesson_goes_in_and_never_comes_out(described):
    shapes = [one.get("properties", {}) for one in described["components"]["schemas"].values()]
    passwords = [one["password"] for one in shapes if "password" in one]
    assert passwords
    assert all(one.get("writeOnly") for one in passwords)


def test_every_role_is_described_in_answers_and_in_requests_those_that_a_school_assigns(described):
    def roles(schema):
        name = described["components"]["schemas"][schema]["properties"]["role"]["$ref"].split("/")[-1]
        return described["components"]["schemas"][name]["enum"]

    assert {"superadmin", "visitor"} <= set(roles("User"))
    assert not {"superadmin", "visitor"} & set(roles("UserRequest"))
