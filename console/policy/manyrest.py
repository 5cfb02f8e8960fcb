"""One act on many rows over REST: `POST RESOURCE/ACT/ {"ids": […]}` answers what was done, what not."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers

from console.policy.many import MOST


class Ids(serializers.Serializer[Any]):
    """The rows to which it is to be done."""

    ids = serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=MOST)


class NotDone(serializers.Serializer[Any]):
    """A row to which it could not be done, and why."""

    id = serializers.CharField()
    why = serializers.CharField()


class ManyDone(serializers.Serializer[Any]):
    """`done` are the ids to which it was done."""

    done = serializers.ListField(child=serializers.CharField())
    refused = NotDone(many=True)


def ids_of(data: Any) -> list[str]:
    """The ids of a request, each once. DRF's ValidationError where there are none, or more than MOST."""
    asked = Ids(data=data)
    asked.is_valid(raise_exception=True)
    return list(dict.fromkeys(asked.validated_data["ids"]))


def each(ids: list[str], do: Callable[[str], Any]) -> dict[str, Any]:
    """Do it to each; what is refused for one does not stop the others."""
    done, refused = [], []
    for one in ids:
        try:
            do(one)
            done.append(one)
        except Http404:
            refused.append({"id": one, "why": _("There is no such thing in your school.")})
        except (ValidationError, PermissionDenied) as error:
            said = error.messages if isinstance(error, ValidationError) else map(str, error.args)
            refused.append({"id": one, "why": " ".join(said)})
    return {"done": done, "refused": refused}
