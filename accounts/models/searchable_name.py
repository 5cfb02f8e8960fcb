"""Columns with the pinyin of a name, written wherever the name is written."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from console import pinyin
from console.bulk_sql import bulk_update

NAME_COLUMNS = ("sort_name", "search_name")
BATCH = 2_000


if TYPE_CHECKING:
    AnyTextField = models.TextField[str, str]
else:
    AnyTextField = models.TextField


class PinyinField(AnyTextField):
    """A text that `console.pinyin` derives from the column `source` whenever the row is written.

    Django, `bulk_create` and `console.bulk_sql` call `pre_save` for each row. Collation C compares bytes, so
    that a prefix uses the index. `surname`: the source is a person's name.
    """

    def __init__(self, *args: Any, source: str, surname: bool = False, **kwargs: Any) -> None:
        self.source, self.surname = source, surname
        super().__init__(
            *args,
            **{"default": "", "db_default": "", "editable": False, "db_collation": "C", **kwargs},
        )

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "surname": self.surname}

    def derive(self, name: str) -> str:
        """Return the text for a name."""
        raise NotImplementedError

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = self.derive(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, text)
        return text


class SortNameField(PinyinField):
    def derive(self, name: str) -> str:
        return pinyin.sort_name(name, surname=self.surname)


class SearchNameField(PinyinField):
    def derive(self, name: str) -> str:
        return pinyin.search_name(name, surname=self.surname)


class SearchableName(models.Model):
    """A row whose name is in the column NAME_FIELD. A save of the name saves its pinyin, too."""

    NAME_FIELD: ClassVar[str]

    class Meta:
        abstract = True

    def save_base(
        self,
        raw: bool = False,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        if update_fields and self.NAME_FIELD in update_fields:
            update_fields = frozenset(update_fields) | set(NAME_COLUMNS)
        super().save_base(raw, force_insert, force_update, using, update_fields)


def update_pinyin(rows: models.QuerySet[Any]) -> None:
    """Write the pinyin of names that a statement in SQL has changed."""
    name = rows.model.NAME_FIELD
    batch: list[Any] = []
    for row in rows.order_by("pk").only(name).iterator(BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            bulk_update(batch, NAME_COLUMNS)
            batch = []
    if batch:
        bulk_update(batch, NAME_COLUMNS)
