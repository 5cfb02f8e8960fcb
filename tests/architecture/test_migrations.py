"""New migrations keep to the rules of docs/upgrading.md, and each rule refuses what it is for."""

from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.architecture.migration_rules import Rules, new_migrations, problems, read_rules

# Indexes are created concurrently outside of transactions only.
pytestmark = pytest.mark.django_db(transaction=True)

NAMED = models.CheckConstraint(condition=~models.Q(topic=""), name="named")

#: What may not be, and words of the sentence that says what to do instead.
REFUSED: dict[str, tuple[list[Any], str, str]] = {
    "drops a column": (
        [migrations.RemoveField("lesson", "topic")],
        "It drops a column that the former version reads",
        "remove it in the release after that",
    ),
    "requires a column without a default": (
        [migrations.RunSQL("ALTER TABLE classes_lesson ADD COLUMN mood integer NOT NULL")],
        "It adds a required column, which the former version leaves out of new rows",
        "Make it nullable, or give it a `db_default`",
    ),
    "has a default that Django drops": (
        [migrations.AddField("lesson", "mood", models.IntegerField(default=0))],
        "It drops the default of a column",
        "Give the field a `db_default`",
    ),
    "requires a column that was optional": (
        [migrations.AlterField("lesson", "occurrence", models.DateField())],
        "It requires a column that the former version may leave empty",
        "require it in the next one",
    ),
    "renames a column": (
        [migrations.RenameField("lesson", "topic", "title")],
        "It renames a column that the former version reads",
        "Keep the name with `db_column`",
    ),
    "renames a table": (
        [migrations.AlterModelTable("lesson", "classes_session")],
        "It renames a table",
        "Keep the name with `db_table`",
    ),
    "drops a table": (
        [migrations.DeleteModel("alarm")],
        "It drops a table that the former version reads",
        "remove it in the release after that",
    ),
    "changes a type": (
        [migrations.AlterField("lesson", "topic", models.IntegerField())],
        "It changes the type of a column",
        "write both and fill it in batches",
    ),
    "indexes a large table": (
        [migrations.AddIndex("lesson", models.Index(fields=["topic"], name="lesson_topic"))],
        "It creates an index on a large table",
        "Use AddIndexConcurrently in a migration of its own with `atomic = False`",
    ),
    "removes an index": (
        [migrations.RemoveIndex("lesson", "lesson_by_topic")],
        "It removes an index, for which everybody has to wait who reads or writes its table",
        "Use RemoveIndexConcurrently",
    ),
    "checks all rows of a large table": (
        [migrations.AddConstraint("lesson", NAMED)],
        "It checks a new constraint on all rows of a large table",
        "Use AddConstraintNotValid",
    ),
    "adds a unique constraint to a large table": (
        [migrations.AddConstraint("lesson", models.UniqueConstraint(fields=["topic"], name="one"))],
        "It adds a unique constraint to a large table",
        "CREATE UNIQUE INDEX CONCURRENTLY",
    ),
    "adds a foreign key to a large table": (
        [migrations.AddField("lesson", "by", models.ForeignKey("accounts.User", models.CASCADE, null=True))],
        "It checks a new foreign key on all rows of a large table",
        "`db_constraint=False`",
    ),
}
ALLOWED: dict[str, list[Any]] = {
    "a column that may be empty": [migrations.AddField("lesson", "mood", models.IntegerField(null=True))],
    "a column with a default of the database": [
        migrations.AddField("lesson", "mood", models.IntegerField(db_default=0))
    ],
    "a table with keys and indexes": [
        migrations.CreateModel(
            "mood",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("lesson", models.ForeignKey("classes.Lesson", models.CASCADE)),
                ("name", models.CharField(max_length=20, unique=True)),
            ],
        )
    ],
    "an index of a large table, concurrently": [
        AddIndexConcurrently("lesson", models.Index(fields=["topic"], name="lesson_topic"))
    ],
    "an index of a small table": [
        migrations.AddIndex("subject", models.Index(fields=["name"], name="subject_name"))
    ],
    "a constraint that is not checked yet": [AddConstraintNotValid("lesson", NAMED)],
    "a model that only the state forgets": [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("lesson", "topic")])
    ],
}


@pytest.fixture(scope="module")
def state() -> ProjectState:
    """All models as they are now, built once: a copy has them, too."""
    state = MigrationLoader(None).project_state()
    assert state.apps
    return state


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules()


def of(operations: list[Any], *, atomic: bool = True) -> migrations.Migration:
    made = type("Migration", (migrations.Migration,), {"operations": operations, "atomic": atomic})
    return made("9000_next", "classes")  # type: ignore[no-any-return]


def test_new_migrations_let_the_former_version_go_on(rules: Rules) -> None:
    assert [line for one, before in new_migrations(rules) for line in problems(one, before, rules)] == []


@pytest.mark.parametrize("what", REFUSED)
def test_a_migration_is_refused_that(what: str, state: ProjectState, rules: Rules) -> None:
    operations, wrong, instead = REFUSED[what]

    found = problems(of(operations), state, rules)

    assert wrong in found[0]
    assert instead in found[0]
    assert found[0].startswith("classes.9000_next: It ")


@pytest.mark.parametrize("what", ALLOWED)
def test_a_migration_may_add(what: str, state: ProjectState, rules: Rules) -> None:
    assert problems(of(ALLOWED[what], atomic="concurrently" not in what), state, rules) == []


def test_what_no_running_version_uses_may_be_removed(state: ProjectState, rules: Rules) -> None:
    removal = of([migrations.RemoveField("lesson", "topic")])

    def found(unused_since: str, version: str) -> list[str]:
        contract = {"classes.9000_next": unused_since}
        return problems(removal, state, rules._replace(contract=contract, version=version))

    assert found("0.2.0", version="0.3.0") == []
    assert found("0.9.0", version="0.10.0") == []
    assert len(found("0.2.0", version="0.2.0")) == 1


def test_the_configuration_names_what_there_is(rules: Rules) -> None:
    names = set(MigrationLoader(None).disk_migrations)
    assert set(rules.accepted.items()) <= names
    assert set(rules.contract) <= {".".join(one) for one in names}
    assert rules.large_tables <= set(connection.introspection.table_names())
