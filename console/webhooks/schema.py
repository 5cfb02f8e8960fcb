"""The section `webhooks` of the OpenAPI description: each event with its fields and headers."""

from typing import Any

from console.webhooks.events import EventField, EventType, all_events

HEADERS = {
    "webhook-id": "ID of the message: the same when it is sent again.",
    "webhook-timestamp": "Second of sending (Unix time).",
    "webhook-signature": (
        "`v1,` and the HMAC-SHA256, in base64, over `webhook-id.webhook-timestamp.body` with the secret "
        "after `whsec_`, base64-decoded. While a secret is replaced there are two, separated by a space."
    ),
}


def add_webhooks(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the events to the description; a hook of drf-spectacular."""
    result["webhooks"] = {event.name: {"post": _operation(event)} for event in all_events()}
    return result


def _operation(event: EventType) -> dict[str, Any]:
    return {
        "operationId": f"webhook_{event.name.replace('.', '_')}",
        "summary": event.name,
        "description": event.meaning,
        "tags": ["webhooks"],
        "security": [],
        "parameters": [
            {
                "in": "header",
                "name": name,
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body(event)}}},
        "responses": {
            "2XX": {"description": "Accepted. Any other answer, or none in 15 seconds, is tried again."},
            "410": {"description": "The address no longer exists: the webhook is paused."},
        },
    }


def _body(event: EventType) -> dict[str, Any]:
    fields = {name: _field(field) for name, field in event.fields.items()}
    data: dict[str, Any] = {
        "school": {"type": "integer", "description": "SDKAppID of the school."},
        **fields,
    }
    if event.details:
        data["details"] = {
            "type": ["object", "null"],
            "description": "Personal data, only for webhooks that are marked for it.",
        }
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": event.name},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": {"type": "object", "required": ["school", *fields], "properties": data},
        },
    }


def _field(field: EventField) -> dict[str, Any]:
    if field.type == "date-time":
        return {"type": "string", "format": "date-time", "description": field.meaning}
    return {"type": [field.type, "null"], "description": field.meaning}
