"""Forty things that somebody might type so that a browser runs `p40()`, and how they come into every row."""

from collections.abc import Iterator
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


def insert_payloads(turn: int) -> int:
    """Every string of every row becomes a payload, each field another, the next turn the next one; answers
    how many fields took one. What the database refuses stays as it was."""
    return sum(_takes(model, field, place + turn) for place, (model, field) in enumerate(_fields()))


def _fields() -> Iterator[tuple[type[models.Model], Any]]:
    for config in apps.get_app_configs():
        if config.name.split(".")[0] not in ("accounts", "classes", "console", "documents"):
            continue
        for model in config.get_models():
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
                if is_text and not field.choices and field.name not in OF_CODE and not field.primary_key:
                    yield model, field


def _takes(model: type[models.Model], field: Any, number: int) -> bool:
    rows = model._base_manager.all()
    found = False
    for place, row in enumerate(rows):
        payload = PAYLOADS[(number + place) % len(PAYLOADS)]
        is_json = isinstance(field, models.JSONField)
        kept = getattr(row, field.attname)
        if is_json and not kept and field.name in OF_SERVICE:
            kept = dict.fromkeys(NAMES, "")
        value = _within(kept, payload) if is_json else _cut(field, payload, row.pk)
        try:
            with transaction.atomic():
                found |= bool(rows.filter(pk=row.pk).update(**{field.name: value}))
        except DatabaseError:
            continue
    return found


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
