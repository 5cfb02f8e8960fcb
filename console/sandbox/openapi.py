"""OpenAPI description of /paas/v1, generated from the declarations that validate the requests."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from console.sandbox import links
from console.sandbox.endpoint import STATUS_FIELDS, Endpoint
from console.sandbox.fields import Field, Object
from console.sandbox.paas.views import ENDPOINTS

PUBLIC_PARAMETERS = {
    "sdkappid": {"type": "integer", "minimum": 1},
    "random": {"type": "string", "minLength": 1, "maxLength": 64},
    "expire_time": {"type": "string", "pattern": "^[0-9]{10}$"},
    "sign": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}


def build_description() -> dict[str, Any]:
    """Return the description (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "iclass, 互动课堂后端接口", "version": "2019-07"},
        "servers": [{"url": f"{links.public_url()}/paas/v1"}],
        "paths": {f"/{path}": {"post": _operation(endpoint)} for path, endpoint in ENDPOINTS.items()},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "operationId": endpoint.path.replace("/", "_"),
        "summary": endpoint.title,
        "parameters": [
            {"name": name, "in": "query", "required": True, "schema": schema}
            for name, schema in PUBLIC_PARAMETERS.items()
        ],
        "requestBody": {"required": True, "content": _json(Object("", endpoint.fields).schema())},
        "responses": {
            "200": {"description": "answered; error_code decides", "content": _json(_answer(endpoint))}
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    """Return the schema of a response: error_code 0 and every field, or another error_code and a message."""
    done: tuple[Field, ...] = (*STATUS_FIELDS, *endpoint.answer)
    accepted = Object("", done).schema()
    accepted["properties"]["error_code"] = {"const": 0}
    refused = Object("", STATUS_FIELDS).schema()
    refused["properties"]["error_code"] = {"type": "integer", "not": {"const": 0}}
    return {"oneOf": [accepted, refused]}


def openapi_view(request: HttpRequest) -> JsonResponse:
    """`GET /openapi.json`."""
    return JsonResponse(build_description(), json_dumps_params={"ensure_ascii": False})
