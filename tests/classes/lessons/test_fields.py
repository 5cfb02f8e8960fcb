"""The table of the fields of a lesson: a plain field is added in the table, the model and its migration."""

import ast
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import translation

from classes.api.courses import CourseSerializer
from classes.api.serializers import LessonSerializer
from classes.lessons.comparison import FIELD_LABELS
from classes.lessons.extended_fields import EXTENDED_FIELDS
from classes.lessons.fields import (
    BOOKED_NAMES,
    COLUMN_NAMES,
    FIELDS,
    SETTING_NAMES,
    SETTINGS,
    LessonField,
    Number,
    Switch,
)
from classes.lessons.forms.lesson import LessonForm
from classes.lessons.remote_fields import REMOTE_NAMES
from classes.models import Lesson
from classes.timetable.bulk.forms import BulkEditForm
from tests.support.environment import ROOT
from tests.support.page_client import LANGUAGES

TABLE = ROOT / "classes/lessons/fields.py"
#: The model, its migration, and two more, such as a template.
MOST_FILES = 4
PLAIN = [field for field in FIELDS if not field.own_rules]
#: The others have rules that more than the table must know; `own_rules` gives the reason of each.
WITH_OWN_RULES = {
    *("topic", "class_type", "teacher", "starts_at", "ends_at", "members"),
    *("record_types", "assistant", "password", "capacity"),
}
#: Calls on rows of Member that write; deleting takes no arguments.
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update"}


def sources() -> list[Path]:
    """The modules of `classes`, its migrations included, and the templates."""
    found = [*(ROOT / "classes").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    return sorted(path for path in found if path != TABLE)


def files_naming(word: str) -> list[str]:
    whole = re.compile(rf"\b{word}\b")
    return [str(path.relative_to(ROOT)) for path in sources() if whole.search(path.read_text())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_field_has_one_name_in_comparisons_on_forms_and_in_the_admin(language: str) -> None:
    with translation.override(language):
        names = {
            field.name: {
                str(field.label),
                str(Lesson._meta.get_field(field.name).verbose_name),  # type: ignore[union-attr]
                str(field.title or field.label).removeprefix("Video ").lower(),
            }
            for field in SETTINGS
        }
    assert {name: told for name, told in names.items() if len({one.lower() for one in told}) > 1} == {}


@pytest.mark.parametrize("field", PLAIN, ids=lambda field: field.name)
def test_a_plain_field_touches_at_most_four_files_besides_the_table(field: LessonField) -> None:
    files = files_naming(field.name)
    assert "classes/models/lesson.py" in files
    assert len(files) <= MOST_FILES, files


def test_a_field_with_rules_of_its_own_gives_the_reason_and_few_have_them() -> None:
    assert {field.name for field in FIELDS if field.own_rules} == WITH_OWN_RULES


@pytest.mark.django_db
@pytest.mark.parametrize("field", PLAIN, ids=lambda field: field.name)
def test_a_plain_field_is_offered_by_every_feature(field: LessonField, alice) -> None:
    school = alice.enterprise
    assert field.name in LessonForm(school=school).fields
    assert field.name in BulkEditForm(school=school, lessons=[], by=alice).fields
    assert field.name in {*COLUMN_NAMES} & {*SETTING_NAMES}
    assert field.name in (EXTENDED_FIELDS if field.extended else REMOTE_NAMES.keys() & FIELD_LABELS.keys())
    for serializer in (LessonSerializer(), CourseSerializer()):
        assert serializer.fields[field.name].write_only


@pytest.mark.parametrize(
    "field", [one for one in FIELDS if isinstance(one, Number)], ids=lambda one: one.name
)
def test_the_limits_of_a_number_are_those_of_its_column(field: Number) -> None:
    column: Field = Lesson._meta.get_field(field.name)
    assert column.null == field.optional
    assert (column.get_default() or None) == field.default
    for number in (field.minimum, field.maximum):
        column.run_validators(number)
    with pytest.raises(ValidationError):
        column.run_validators(field.maximum + 1)


def test_the_columns_of_the_table_are_columns_of_the_model() -> None:
    columns = {column.name for column in Lesson._meta.get_fields()}
    assert {*COLUMN_NAMES} <= columns
    assert {*BOOKED_NAMES} == {"class_type", "teacher", "starts_at", "ends_at", "capacity"}


def test_a_value_of_iclass_that_the_column_cannot_hold_is_replaced() -> None:
    by_name = {field.name: field for field in FIELDS}
    stored = {
        "bitrate": [by_name["bitrate"].storable(raw) for raw in (0, 900, 100_001)],
        "max_on_mic": [by_name["max_on_mic"].storable(raw) for raw in (0, 6, 10_001)],
        "record_types": [by_name["record_types"].storable(raw) for raw in ([], ["remote", "moon"])],
    }
    assert stored == {
        "bitrate": [850, 900, 850],
        "max_on_mic": [None, 6, None],
        "record_types": [[], ["remote"]],
    }


def test_a_number_of_iclass_is_stored_up_to_its_maximum_where_nothing_else_is_said() -> None:
    number = Number(name="x", label="x", remote="x", answer="x", minimum=1, maximum=50, default=10)
    assert [number.storable(raw) for raw in (0, 1, 50, 51)] == [10, 1, 50, 10]


def test_a_missing_limit_is_not_sent_but_a_switch_that_is_off_is() -> None:
    sent = {field.name: field.is_sent(0) for field in PLAIN}
    assert sent == {field.name: isinstance(field, Switch) or not field.optional for field in PLAIN}


def writes_members(call: ast.Call) -> bool:
    """Whether a call writes rows of Member: a new row, or a writing method of a query of them."""
    if isinstance(call.func, ast.Name):
        return call.func.id == "Member"
    if not isinstance(call.func, ast.Attribute):
        return False
    parts = [one for one in ast.walk(call.func.value) if isinstance(one, ast.Name | ast.Attribute)]
    names = {one.id if isinstance(one, ast.Name) else one.attr for one in parts}
    deletes = call.func.attr == "delete" and not call.args
    return bool({"Member", "members", "memberships"} & names) and (deletes or call.func.attr in WRITES)


def test_members_of_a_lesson_are_written_in_one_module() -> None:
    modules = [path for path in sources() if path.suffix == ".py" and "migrations" not in path.parts]
    writers = {
        str(path.relative_to(ROOT))
        for path in modules
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and writes_members(call)
    }
    assert writers == {"classes/lessons/roster.py"}
