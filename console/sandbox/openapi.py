"""The OpenAPI description of /paas/v1, drawn from the same declarations that check the requests."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from . import address
from .endpoint import OUTCOME, Endpoint
from .fields import Field, Obj
from .paas.table import ENDPOINTS

PUBLIC = {
    "sdkappid": {"type": "integer", "minimum": 1},
    "random": {"type": "string", "minLength": 1, "maxLength": 64},
    "expire_time": {"type": "string", "pattern": "^[0-9]{10}$"},
    "sign": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}


def described() -> dict[str, Any]:
    """The whole description (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "iclass, 互动课堂后端接口", "version": "2019-07"},
        "servers": [{"url": f"{address.public()}/paas/v1"}],
        "paths": {f"/{path}": {"post": _operation(endpoint)} for path, endpoint in ENDPOINTS.items()},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "operationId": endpoint.path.replace("/", "_"),
        "summary": endpoint.title,
        "parameters": [
            {"name": name, "in": "query", "required": True, "schema": schema}
            for name, schema in PUBLIC.items()
        ],
        "requestBody": {"required": True, "content": _json(Obj("", endpoint.fields).schema())},
        "responses": {
            "200": {"description": "answered; error_code decides", "content": _json(_answer(endpoint))}
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    """Either error_code 0 and every field, or another error_code and the message."""
    done: tuple[Field, ...] = (*OUTCOME, *endpoint.answer)
    accepted = Obj("", done).schema()
    accepted["properties"]["error_code"] = {"const": 0}
    refused = Obj("", OUTCOME).schema()
    refused["properties"]["error_code"] = {"type": "integer", "not": {"const": 0}}
    return {"oneOf": [accepted, refused]}


def served(request: HttpRequest) -> JsonResponse:
    """`GET /openapi.json`."""
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False})
