"""Random changes of everything that one school has: rows altered, copied and deleted, in every table.

Which rows those are is asked of the rules of row-level security, so a new table takes part by itself. What
the database refuses (a constraint, a trigger) is left as it was.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Field, Model
from django.utils import timezone

from accounts.models import Enterprise
from console.policy.row_security.row_policies import school_condition
from console.vault.fields import SealedField

LETTERS = "abcdefghijklmnopqrstuvwxyz天地玄黄"


def tables_of_schools() -> Iterator[tuple[type[Model], str]]:
    """Every table whose rows belong to a school, with the condition that they are those of one."""
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if not meta.managed or meta.proxy:
            continue
        of_school = school_condition(model, meta.db_table)
        if of_school:
            yield model, of_school


def ids_of(school: Enterprise, model: type[Model], of_school: str) -> list[Any]:
    """The keys of a school's rows."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute("select set_config('console.school', %s, true)", [str(school.pk)])
        cursor.execute("select set_config('console.user', '', true)")
        cursor.execute(f"select {table}.{key} from {table} where {of_school} order by 1")
        return [row[0] for row in cursor.fetchall()]


def change_randomly(school: Enterprise, dice: random.Random, times: int) -> Counter[str]:
    """Change so many things of a school; answers how many of each kind the database took."""
    places = list(tables_of_schools())
    done: Counter[str] = Counter()
    for _ in range(times * 4):
        if done.total() >= times:
            break
        model, of_school = dice.choice(places)
        keys = ids_of(school, model, of_school)
        if not keys:
            continue
        act = dice.choices((_alter, _copy, _delete), (6, 5, 1))[0]
        try:
            with transaction.atomic():
                if act(model, dice.choice(keys), dice):
                    connection.check_constraints()  # those that wait for the end of the transaction, too
                    done[act.__name__.strip("_")] += 1
        except (DatabaseError, models.ProtectedError, models.RestrictedError, ValidationError, ValueError):
            continue
    return done


def _alter(model: type[Model], key: Any, dice: random.Random) -> bool:
    fields = [field for field in model._meta.concrete_fields if _is_plain(field)]
    if not fields:
        return False
    chosen = dice.sample(fields, min(len(fields), 3))
    rows = model._base_manager.filter(pk=key)
    return bool(rows.update(**{field.name: _other(field, dice) for field in chosen}))


def _copy(model: type[Model], key: Any, dice: random.Random) -> bool:
    """The same again, with everything that has to be unique made up."""
    row = model._base_manager.get(pk=key)
    if model is Enterprise or isinstance(model._meta.pk, models.OneToOneField):
        return False
    row.pk = None
    row._state.adding = True
    for field in model._meta.concrete_fields:
        if _is_plain(field) and (field.unique or dice.random() < 0.6):
            setattr(row, field.attname, _other(field, dice))
        if isinstance(field, models.UUIDField):
            setattr(row, field.attname, field.get_default())
    models.Model.save_base(row, raw=True, force_insert=True)
    return True


def _delete(model: type[Model], key: Any, dice: random.Random) -> bool:
    if model is Enterprise:
        return False
    return bool(model._base_manager.filter(pk=key).delete()[0])


def _is_plain(field: "Field[Any, Any]") -> bool:
    return not (field.primary_key or field.is_relation or isinstance(field, SealedField | models.UUIDField))


def _other(field: "Field[Any, Any]", dice: random.Random) -> Any:
    """Another value of a field, of its own kind."""
    if field.choices:
        return dice.choice([value for value, _label in field.flatchoices])
    if isinstance(field, models.BooleanField):
        return dice.random() < 0.5
    if isinstance(field, models.IntegerField):
        return dice.randrange(1, 30_000)
    if isinstance(field, models.FloatField | models.DecimalField):
        return dice.random()
    if isinstance(field, models.DateTimeField | models.DateField):
        return field.to_python(field.get_default() or timezone.now()) + timedelta(
            hours=dice.randrange(-5000, 5000)
        )
    if isinstance(field, models.JSONField):
        return dice.choice(
            ([], {}, {"a": dice.randrange(99)}, [dice.randrange(99)], None if field.null else {})
        )
    if isinstance(field, models.CharField | models.TextField):
        length = min(field.max_length or 40, dice.randrange(1, 40))
        return "".join(dice.choices(LETTERS, k=length))
    if isinstance(field, models.DurationField):
        return timedelta(seconds=dice.randrange(1, 99_999))
    return field.get_default()
