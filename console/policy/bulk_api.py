"""Bulk actions over REST: `POST RESOURCE/ACT/ {"ids": […]}` returns the rows done and refused."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers

from console.policy.bulk_views import MAX_BULK_ROWS


class IdsSerializer(serializers.Serializer[Any]):
    """The rows on which to act."""

    ids = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=MAX_BULK_ROWS
    )


class NotDoneSerializer(serializers.Serializer[Any]):
    """A row that was refused, and why."""

    id = serializers.CharField()
    why = serializers.CharField()


class ManyDoneSerializer(serializers.Serializer[Any]):
    """`done` lists the IDs of the rows that succeeded."""

    done = serializers.ListField(child=serializers.CharField())
    refused = NotDoneSerializer(many=True)


def validate_ids(data: Any) -> list[str]:
    """Return the distinct IDs of a request. ValidationError for none, or more than MAX_BULK_ROWS."""
    asked = IdsSerializer(data=data)
    asked.is_valid(raise_exception=True)
    return list(dict.fromkeys(asked.validated_data["ids"]))


def apply_to_each(ids: list[str], do: Callable[[str], Any]) -> dict[str, Any]:
    """Apply `do` to each ID; a refusal of one does not stop the others."""
    done, refused = [], []
    for pk in ids:
        try:
            do(pk)
            done.append(pk)
        except Http404:
            refused.append({"id": pk, "why": _("This does not exist in your school.")})
        except (ValidationError, PermissionDenied) as error:
            reasons = error.messages if isinstance(error, ValidationError) else map(str, error.args)
            refused.append({"id": pk, "why": " ".join(reasons)})
    return {"done": done, "refused": refused}
