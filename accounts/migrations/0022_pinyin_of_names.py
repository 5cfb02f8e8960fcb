from typing import Any

import django.contrib.postgres.indexes
from django.db import migrations, models

import accounts.models.searchable_name

BATCH = 5_000


def write_pinyin(apps: Any, schema_editor: Any) -> None:
    """Derive the pinyin of all names, in batches by primary key."""
    for model in (apps.get_model("accounts", "StudentGroup"), apps.get_model("accounts", "User")):
        sort_name, search_name = model._meta.get_field("sort_name"), model._meta.get_field("search_name")
        statement = (
            f"UPDATE {model._meta.db_table} AS target"
            " SET sort_name = source.sort_name, search_name = source.search_name"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS source(id, sort_name, search_name)"
            " WHERE target.id = source.id"
        )
        rows = model.objects.order_by("pk").values_list("pk", sort_name.source)
        last = 0
        while batch := list(rows.filter(pk__gt=last)[:BATCH]):
            keys, names = [key for key, _name in batch], [name for _key, name in batch]
            columns = [[field.derive(name) for name in names] for field in (sort_name, search_name)]
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(statement, [keys, *columns])
            last = keys[-1]


def name_field(kind: type, label: str, source: str, *, surname: bool = False) -> Any:
    options = {"db_collation": "C", "db_default": "", "default": "", "editable": False}
    return kind(source=source, surname=surname, verbose_name=label, **options)


class Migration(migrations.Migration):
    """Names in pinyin, by which people and groups sort and are found."""

    dependencies = [("accounts", "0021_rename_models")]

    operations = [
        migrations.AlterModelOptions(
            name="studentgroup",
            options={
                "ordering": ["sort_name", "name", "id"],
                "verbose_name": "group",
                "verbose_name_plural": "groups",
            },
        ),
        migrations.AlterModelOptions(
            name="user",
            options={
                "ordering": ["sort_name", "nickname", "id"],
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
        *(
            migrations.AddField(model, column, name_field(kind, label, source, surname=model == "user"))
            for model, source in (("studentgroup", "name"), ("user", "nickname"))
            for column, kind, label in (
                ("sort_name", accounts.models.searchable_name.SortNameField, "name for sorting"),
                ("search_name", accounts.models.searchable_name.SearchNameField, "name in pinyin"),
            )
        ),
        migrations.RunPython(write_pinyin, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="user", name="user_not_in_sync"),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                fields=["enterprise", "sort_name", "nickname", "id"], name="user_by_sort_name"
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("sync_state", "in_sync"), _negated=True),
                fields=["enterprise", "sync_state", "sort_name", "nickname", "id"],
                name="user_not_in_sync_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_name", "gin_trgm_ops"),
                name="user_search_name_trgm",
            ),
        ),
    ]
