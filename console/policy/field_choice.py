"""`fields=`: the fields of a REST answer that its reader wants, such as `?fields=user_id,sync`."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PARAMETER = "fields"


def chosen_fields(request: Request) -> list[str]:
    """Return the names of the fields that a request asks for; none means all."""
    if request.method != "GET":
        return []
    return [name for one in request.query_params.getlist(PARAMETER) for name in one.split(",") if name]


def only_fields(data: Any, names: list[str]) -> Any:
    """Return the body with these fields of its object, or of the objects of its list.

    ValidationError if no object has a field of that name.
    """
    rows = data.get("results", [data]) if isinstance(data, dict) else data
    known = {name for row in rows for name in row}
    if unknown := [name for name in names if rows and name not in known]:
        message = _("There is no field “%(name)s”. The fields are: %(fields)s.")
        text = message % {"name": unknown[0][:40], "fields": ", ".join(sorted(known))}
        raise ValidationError({PARAMETER: [text]})
    chosen = [{name: row[name] for name in names if name in row} for row in rows]
    if not isinstance(data, dict):
        return chosen
    return {**data, "results": chosen} if "results" in data else chosen[0]
