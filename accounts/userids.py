"""People in REST: named by user id, within the reader's school."""

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
    """A person by user id. Whoever is not of the reader's school does not exist."""

    def to_representation(self, person: User) -> str:
        return person.user_id

    def to_internal_value(self, data: Any) -> User:
        found = _school_people(self).filter(user_id=data).first() if isinstance(data, str) else None
        if found is None:
            raise serializers.ValidationError(_unknown([str(data)]))
        return found


class UserIdsField(serializers.ListField):
    """People by user ids, read in one query; `roles` says who they may be."""

    child = serializers.CharField(max_length=64)

    def __init__(self, *, roles: Collection[str], **kwargs: Any) -> None:
        self.roles = roles
        super().__init__(**kwargs)

    def get_attribute(self, row: Any) -> Any:
        """The people of a relation; where it is prefetched, without asking again."""
        people = super().get_attribute(row)
        return people.all() if isinstance(people, Manager) else people

    def to_internal_value(self, data: Any) -> list[User]:
        wanted: list[str] = super().to_internal_value(data)
        found = {one.user_id: one for one in _school_people(self).filter(user_id__in=wanted)}
        if unknown := [user_id for user_id in wanted if user_id not in found]:
            raise serializers.ValidationError(_unknown(unknown))
        if wrong := [one.user_id for one in found.values() if one.role not in self.roles]:
            raise serializers.ValidationError(
                _("The role of these people does not fit here: %(ids)s.") % {"ids": _listed(wrong)}
            )
        return list(found.values())

    def to_representation(self, people: Any) -> list[str]:
        return [person.user_id for person in people]


def _unknown(user_ids: Collection[str]) -> str:
    return _("Nobody in your school has the user id %(ids)s.") % {"ids": _listed(user_ids)}


def _listed(user_ids: Collection[str]) -> str:
    """The first ten, none longer than a user id."""
    shown = sorted(user_ids)
    return ", ".join(f"“{user_id[:64]}”" for user_id in shown[:10]) + (" …" if len(shown) > 10 else "")
