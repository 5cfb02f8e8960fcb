"""Names of the rows that audit entries refer to, beside their IDs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Q

from console.audit.field_labels import PERSON_MODEL, model_field
from console.policy.rules import scoped


class Reference(NamedTuple):
    """A row: model label and primary key; of a person also the user ID, as text."""

    model: str
    key: int | str


class NamedModel(NamedTuple):
    """What the policy table calls the rows of a model, and the field with their name."""

    resource: str
    field: str


NAMED_MODELS = {
    PERSON_MODEL: NamedModel("person", "nickname"),
    "accounts.enterprise": NamedModel("school", "name"),
    "accounts.grade": NamedModel("grade", "name"),
    "accounts.studentgroup": NamedModel("group", "name"),
    "classes.course": NamedModel("course", "title"),
    "classes.lesson": NamedModel("lesson", "topic"),
    "classes.subject": NamedModel("subject", "name"),
    "classes.term": NamedModel("term", "name"),
    "documents.document": NamedModel("document", "name"),
}
#: Models of values by name in the entry, for what is no field of the object.
FACT_MODELS = {
    **dict.fromkeys(
        ("absent", "covering", "heads", "members_added", "members_removed", "owner"), PERSON_MODEL
    ),
    **dict.fromkeys(("person", "recipients", "requested_by", "teacher", "user_id", "user_ids"), PERSON_MODEL),
    **dict.fromkeys(("from", "make_up"), "classes.lesson"),
    **dict.fromkeys(("document", "order"), "documents.document"),
}
#: The same for lists; a number under this name says how many there are.
LIST_MODELS = {
    **dict.fromkeys(("added", "assistants", "members", "removed", "students", "teachers"), PERSON_MODEL),
    "courses": "classes.course",
    "groups": "accounts.studentgroup",
    "lessons": "classes.lesson",
}


def references_in(object_type: str, name: str, value: Any) -> Iterator[Reference]:
    """Yield the rows that a value, or each item of a list, refers to."""
    model = _model_of(object_type, name, is_list=isinstance(value, list))
    for item in value if isinstance(value, list) else [value]:
        if model and (reference := as_reference(model, item)):
            yield reference


def object_reference(entry: Any) -> Reference | None:
    """Return the row that an entry is about, if rows of its kind have names."""
    model, key = entry.object_type, entry.object_id
    return Reference(model, int(key)) if model in NAMED_MODELS and key.isdecimal() else None


def as_reference(model: str, value: Any) -> Reference | None:
    """Return what a stored value refers to: a number is a primary key, a text the user ID of a person."""
    if model not in NAMED_MODELS or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Reference(model, value)
    if not isinstance(value, str) or not value:
        return None
    if model == PERSON_MODEL:
        return Reference(model, value)
    return Reference(model, int(value)) if value.isdecimal() and len(value) < 19 else None


class ReferenceNames:
    """The names of these rows, as far as the reader may see them: a query for each model, at first use."""

    def __init__(self, references: Iterable[Reference], reader: Any) -> None:
        self._references, self._reader = references, reader

    def name_of(self, reference: Reference) -> str:
        """Return the name; empty for a row that is deleted or not shown to the reader."""
        return self._names.get(reference, "")

    def describe(self, reference: Reference) -> str:
        """Return name and ID, or the ID alone."""
        name = self.name_of(reference)
        return f"{name} ({reference.key})" if name and name != reference.key else str(reference.key)

    def describe_value(self, object_type: str, name: str, value: Any) -> Any:
        """Return a value with the names of what it refers to; any other value as it is."""
        model = _model_of(object_type, name, is_list=isinstance(value, list))
        if isinstance(value, list):
            return [self._describe_item(model, item) for item in value]
        return self._describe_item(model, value)

    def _describe_item(self, model: str, value: Any) -> Any:
        reference = as_reference(model, value)
        return self.describe(reference) if reference else value

    @cached_property
    def _names(self) -> dict[Reference, str]:
        keys: dict[str, set[int | str]] = defaultdict(set)
        for reference in self._references:
            keys[reference.model].add(reference.key)
        return {
            reference: name for model, wanted in keys.items() for reference, name in self._load(model, wanted)
        }

    def _load(self, model: str, keys: set[int | str]) -> Iterator[tuple[Reference, str]]:
        resource, field = NAMED_MODELS[model]
        is_person = model == PERSON_MODEL
        found = Q(pk__in=[key for key in keys if isinstance(key, int)])
        if is_person:
            found |= Q(user_id__in=[key for key in keys if isinstance(key, str)])
        rows = scoped(apps.get_model(model)._default_manager.filter(found), self._reader, resource)
        for pk, name, text in rows.order_by().values_list("pk", field, "user_id" if is_person else field):
            yield Reference(model, pk), name
            if is_person:
                yield Reference(model, text), name


def _model_of(object_type: str, name: str, *, is_list: bool) -> str:
    """Return the label of the model whose rows the values of a field name; empty if they name none."""
    field = model_field(object_type, name)
    if field is not None and field.is_relation and (field.many_to_one or is_list):
        return str(field.related_model._meta.label_lower)
    if name == "like":
        return object_type
    return FACT_MODELS.get(name) or (LIST_MODELS.get(name, "") if is_list else "")
