"""Settings of views: only what the list declares is kept, whatever was stored or submitted."""

from typing import Any

import pytest
from django.http import QueryDict

from console.lists.tables import Column, ListTable
from console.lists.view_settings import MAX_FILTER_VALUES, ViewSettings

TABLE = ListTable(
    "hats",
    columns=(
        Column("name", "Name", order=("name", "id"), is_fixed=True),
        Column("size", "Size", order=("size", "id")),
        Column("owner", "Owner", is_default=False),
    ),
    filters=("q", "colour"),
    default_sort="name",
)

HOSTILE: list[Any] = [
    None,
    7,
    "text",
    [],
    [[{}]],
    {"filters": "q=x", "columns": "name", "sort": [], "density": {}},
    {"filters": {"q": "x", "colour": {"a": 1}}, "columns": {"name": 1}, "sort": {"a": 1}, "density": []},
    {"filters": {"enterprise": ["2"], "q": [1, None, ["x"]]}, "columns": [[], {}, 3], "sort": "password"},
    {"filters": {"q": ["x\x00", "y" * 101]}, "sort": "-owner", "density": "huge"},
    {"filters": {"q": [{"a": "b"}]}, "sort": "name;drop table", "columns": None},
]


@pytest.mark.parametrize("stored", HOSTILE)
def test_nothing_of_hostile_json_is_kept(stored: Any) -> None:
    settings = ViewSettings.from_json(TABLE, stored)
    assert settings.filters == {}
    assert settings.sort == ""
    assert settings.density == ""
    assert settings.columns in (None, ("name",))


def test_valid_settings_survive_storing() -> None:
    settings = ViewSettings({"colour": ["red", "blue"]}, "-size", ("name", "owner"), "compact")
    assert ViewSettings.from_json(TABLE, settings.to_json()) == settings
    assert settings.query_string(view="3") == "colour=red&colour=blue&sort=-size&view=3"


def test_the_query_string_gives_only_declared_filters_and_orders() -> None:
    params = QueryDict("q=top&colour=red&school=2&sort=-name&after=abc&page=4&view=9")
    settings = ViewSettings.from_query(TABLE, params, columns=("name", "size"), density="normal")
    assert settings.filters == {"q": ["top"], "colour": ["red"]}
    assert settings.sort == "-name"
    assert settings.columns == ("name", "size")


def test_many_values_of_a_filter_are_cut() -> None:
    settings = ViewSettings.from_json(TABLE, {"filters": {"colour": ["red"] * 500}})
    assert len(settings.filters["colour"]) == MAX_FILTER_VALUES


def test_a_descending_sort_turns_every_column_of_the_order_around() -> None:
    assert TABLE.order_of("size") == ("size", "id")
    assert TABLE.order_of("-size") == ("-size", "-id")
    assert TABLE.order_of("owner") == TABLE.order_of("--size") == TABLE.order_of("") == ()


def test_fixed_columns_stay_and_unknown_ones_are_left_out() -> None:
    assert TABLE.known_columns(["owner", "password"]) == ("name", "owner")
    assert TABLE.known_columns("owner") == ("name",)
    assert TABLE.default_columns == ("name", "size")
