"""Bulk writes in REST: `POST bulk/RESOURCE/` adds, `PATCH bulk/RESOURCE/` changes 500 rows, all or none.

    class GradeViewSet(BulkWriteMixin, EditableViewSet): …
    path("bulk/grades/", GradeViewSet.as_view(BULK_METHODS, detail=True))

The body is a list of objects as the resource takes them one by one; a change names its row by the key by
which the resource is addressed (`id`, of people `user_id`). Errors are told by index, and nothing is saved.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from console.concurrency import DATABASE_ERRORS, run_with_retry
from console.inputs.bounds import parse_id
from console.policy.problems import problem_body

MAX_BULK = 500
BULK_METHODS: dict[str, Any] = {"post": "bulk_create", "patch": "bulk_update"}


class BulkRefused(APIException):
    """Some rows were refused, and so none was saved. `errors` maps the index of each to its problem."""

    default_code = "bulk_refused"

    def __init__(self, errors: dict[str, dict[str, Any]]) -> None:
        found = {one["status"] for one in errors.values()}
        self.status_code = found.pop() if len(found) == 1 else status.HTTP_400_BAD_REQUEST
        message = _("Nothing was saved: %(count)d of the objects are refused. The errors are by index.")
        self.detail: Any = {
            "detail": message % {"count": len(errors)},
            "code": self.default_code,
            "errors": errors,
        }


class BulkListSerializer(serializers.Serializer[Any]):
    """The body, as far as all resources have it in common."""

    rows = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MAX_BULK)


class BulkWriteMixin:
    """For view sets whose rows are added by `perform_create` and changed by `perform_update`, or by methods
    of their own (`create_one`, `change_one`)."""

    #: The serializer of what a new row takes, where that of the view does not say it.
    add_serializer_class: Any = None

    def bulk_create(self: Any, request: Request) -> Response:
        """Add up to 500 objects, all or none."""
        response: Response = self._write_each(self.create_one, status.HTTP_201_CREATED)
        return response

    def bulk_update(self: Any, request: Request) -> Response:
        """Change up to 500 objects, all or none. Each names its row as the address of one does."""
        response: Response = self._write_each(self._change_one, status.HTTP_200_OK)
        return response

    def create_one(self: Any, data: Any) -> Any:
        """Add a row and return it."""
        serializer = self.get_serializer(data=data)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        return serializer.instance

    def change_one(self: Any, row: Any, data: Any) -> Any:
        """Change a row and return it as it is then."""
        serializer = self.get_serializer(row, data=data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return serializer.instance

    def _change_one(self: Any, data: Any) -> Any:
        key = self.key_field
        name = data.get(key)
        if not (isinstance(name, str) and name if key != "id" else parse_id(str(name))):
            raise serializers.ValidationError({key: [_("Name the row that changes.")]})
        row = get_object_or_404(self.get_queryset(), **{key: name})
        self.check_object_permissions(self.request, row)
        return self.change_one(row, {field: value for field, value in data.items() if field != key})

    @property
    def key_field(self: Any) -> str:
        """The field that names a row in its address."""
        return "id" if self.lookup_field == "pk" else str(self.lookup_field)

    def _write_each(self: Any, write: Callable[[Any], Any], code: int) -> Response:
        body = BulkListSerializer(data={"rows": self.request.data})
        body.is_valid(raise_exception=True)
        items = body.validated_data["rows"]
        rows = run_with_retry(lambda: self._write_all(write, items))
        return Response(self.get_serializer(rows, many=True).data, status=code)

    def _write_all(self: Any, write: Callable[[Any], Any], items: list[Any]) -> list[Any]:
        """Return the rows. BulkRefused for errors; each row has a savepoint, so that all errors are found."""
        rows, errors = [], {}
        for index, item in enumerate(items):
            try:
                with transaction.atomic():
                    rows.append(write(item))
            except DATABASE_ERRORS:
                raise  # the whole is tried again
            except Exception as error:
                refused = self.handle_exception(error)
                errors[str(index)] = problem_body(refused.status_code, refused.data)
        if errors:
            raise BulkRefused(errors)
        return rows
