"""Forty things that somebody might type so that a browser runs `p40()`, and how they come into every row."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

PAYLOADS = (
    "<script>p40()</script>",
    "<ScRiPt>p40()</sCrIpT>",
    "</script><script>p40()</script>",
    "</title><script>p40()</script>",
    "</textarea><script>p40()</script>",
    "--><script>p40()</script>",
    "]]><script>p40()</script>",
    "<scr<script>ipt>p40()</scr</script>ipt>",
    "<script src=data:,p40()></script>",
    "<img src=x onerror=p40()>",
    '"><img src=x onerror=p40()>',
    "'><img src=x onerror=p40()>",
    "<svg onload=p40()>",
    "<svg><script>p40()</script></svg>",
    "<svg><animate onbegin=p40() attributeName=x dur=1s>",
    "<body onload=p40()>",
    "<input autofocus onfocus=p40()>",
    "<details open ontoggle=p40()>",
    "<video><source onerror=p40()></video>",
    "<audio src onloadstart=p40()>",
    "<marquee onstart=p40()>",
    "<iframe srcdoc='<script>parent.p40()</script>'>",
    "<iframe src=javascript:parent.p40()>",
    "<object data=javascript:p40()>",
    "<a href=javascript:p40() id=p40>x</a>",
    "<form action=javascript:p40()><button autofocus>",
    "<meta http-equiv=refresh content='0;url=javascript:p40()'>",
    "<math><mtext><table><mglyph><style><img src onerror=p40()>",
    '<noscript><p title="</noscript><img src onerror=p40()>">',
    "<p hx-on:htmx:load=p40() hx-get=/ hx-trigger=load>",
    '" autofocus onfocus="p40()" x="',
    "' autofocus onfocus='p40()' x='",
    '" hx-on:htmx:load="p40()" x="',
    "x onmouseover=p40() style=position:fixed;inset:0",
    '";p40();//',
    "'-p40()-'",
    "`${p40()}`",
    "javascript:p40()//https://x.example",
    "&lt;script&gt;p40()&lt;/script&gt;",
    "\\u003cscript\\u003ep40()\\u003c/script\\u003e",
)
#: Names of things in the code, which no form and no answer of the service sets; with others no page is drawn.
OF_CODE = {
    *("kind", "event", "lane", "subject_type", "source", "act", "endpoint", "outcome", "language", "zone"),
    *("login", "password", "suffix", "sync_state", "scopes", "backend", "state", "rrule", "logo"),
}
#: What answers and callbacks of the service may hold, where a row has none yet.
OF_SERVICE = {"observed", "raw", "body"}
NAMES = (
    "name",
    "nickname",
    "topic",
    "doc_name",
    "error_msg",
    "url",
    "avatar",
    "phone_no",
    "e_mail",
    "user_id",
)


def insert_payloads(turn: int, payloads: Sequence[str] = PAYLOADS) -> int:
    """Every string of every row becomes a payload, each field another, the next turn the next one; answers
    how many fields took one. What the database refuses stays as it was."""
    numbers = count(turn)
    return sum(
        len(_taken(model, [(field, next(numbers)) for field in _text_fields(model)], payloads))
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in ("accounts", "classes", "console", "documents")
        for model in config.get_models()
    )


def _text_fields(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if is_text and not field.choices and field.name not in OF_CODE and not field.primary_key:
            yield field


def _taken(model: type[models.Model], fields: list[tuple[Any, int]], payloads: Sequence[str]) -> set[str]:
    """The names of the fields that took their payload, in one row or more."""
    taken: set[str] = set()
    for place, row in enumerate(model._base_manager.all() if fields else ()):
        values = {
            field.name: _value(row, field, payloads[(number + place) % len(payloads)])
            for field, number in fields
        }
        if _is_updated(row, values):
            taken.update(values)
        else:
            taken.update(name for name, value in values.items() if _is_updated(row, {name: value}))
    return taken


def _is_updated(row: models.Model, values: dict[str, Any]) -> bool:
    """Whether the database took these values."""
    try:
        with transaction.atomic():
            return bool(type(row)._base_manager.filter(pk=row.pk).update(**values))
    except DatabaseError:
        return False


def _value(row: models.Model, field: Any, payload: str) -> Any:
    if not isinstance(field, models.JSONField):
        return _cut(field, payload, row.pk)
    kept = getattr(row, field.attname)
    return _within(dict.fromkeys(NAMES, "") if not kept and field.name in OF_SERVICE else kept, payload)


def _cut(field: Any, payload: str, key: Any) -> str:
    """As much as the column holds; where rows must differ, with the number of the row."""
    ending = str(key) if field.unique else ""
    return payload[: (field.max_length or 200) - len(ending)] + ending


def _within(value: Any, payload: str) -> Any:
    """The same shape, with the payload in the place of every string."""
    if isinstance(value, dict):
        return {name: _within(inner, payload) for name, inner in value.items()}
    if isinstance(value, list):
        return [_within(inner, payload) for inner in value]
    return payload if isinstance(value, str) else value
