"""Serializer fields for people, given by user ID within the reader's school."""

from collections.abc import Collection
from typing import Any

from django.db.models import Manager, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User


def _school_people(field: serializers.Field[Any, Any, Any, Any]) -> QuerySet[User]:
    return User.objects.filter(enterprise=field.context["request"].user.enterprise_id)


@extend_schema_field(str)
class UserIdField(serializers.Field[Any, Any, Any, Any]):
    """A person by user ID. People of other schools are unknown."""

    def to_representation(self, person: User) -> str:
        return person.user_id

    def to_internal_value(self, data: Any) -> User:
        person = _school_people(self).filter(user_id=data).first() if isinstance(data, str) else None
        if person is None:
            raise serializers.ValidationError(_unknown_message([str(data)]))
        return person


class UserIdsField(serializers.ListField):
    """People by user ID, read in one query; `roles` are the allowed roles."""

    child = serializers.CharField(max_length=64)

    def __init__(self, *, roles: Collection[str], **kwargs: Any) -> None:
        self.roles = roles
        super().__init__(**kwargs)

    def get_attribute(self, row: Any) -> Any:
        """Return the people of a relation, without a query if it is prefetched."""
        people = super().get_attribute(row)
        return people.all() if isinstance(people, Manager) else people

    def to_internal_value(self, data: Any) -> list[User]:
        user_ids: list[str] = super().to_internal_value(data)
        people = {person.user_id: person for person in _school_people(self).filter(user_id__in=user_ids)}
        if unknown := [user_id for user_id in user_ids if user_id not in people]:
            raise serializers.ValidationError(_unknown_message(unknown))
        if wrong := [person.user_id for person in people.values() if person.role not in self.roles]:
            raise serializers.ValidationError(
                _("These people do not have a suitable role: %(ids)s.") % {"ids": _join_user_ids(wrong)}
            )
        return list(people.values())

    def to_representation(self, people: Any) -> list[str]:
        return [person.user_id for person in people]


def _unknown_message(user_ids: Collection[str]) -> str:
    return _("There is no one in your school with the user ID %(ids)s.") % {"ids": _join_user_ids(user_ids)}


def _join_user_ids(user_ids: Collection[str]) -> str:
    """Join the first ten user IDs, each truncated to 64 characters."""
    shown = sorted(user_ids)
    return ", ".join(f"“{user_id[:64]}”" for user_id in shown[:10]) + (" …" if len(shown) > 10 else "")
