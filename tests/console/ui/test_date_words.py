"""Notices write days, minutes and zones in words of the reader's language."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from console.notifications.types import _types, notification_text
from console.sheets.columns import Column, ColumnType
from console.ui.date_words import in_words
from tests.architecture.test_translations import CATALOGUES, entries
from tests.support.page_client import LANGUAGES

MOMENTS = ("at", "was", "until", "start", "end", "day")


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "Wednesday 2 December 2020", "Wednesday 2 December 2020, 08:00"),
        ("zh-hans", "2020年12月2日 星期三", "2020年12月2日 星期三 08:00"),
    ],
)
def test_a_day_and_a_moment_have_one_format_each(language: str, day: str, moment: str) -> None:
    with translation.override(language), timezone.override("Asia/Shanghai"):
        assert in_words(date(2020, 12, 2)) == day
        assert in_words(datetime(2020, 12, 2, 8)) == moment
        assert in_words(datetime(2020, 12, 2, tzinfo=UTC)) == moment


def test_this_year_is_not_named() -> None:
    this_year = timezone.localdate().year
    with translation.override("en"):
        assert not in_words(date(this_year, 12, 2)).endswith(str(this_year))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_notice_has_a_date_or_a_zone_of_the_machine(language: str) -> None:
    named = {name for entry in entries(CATALOGUES[0]) for name in re.findall(r"%\((\w+)\)", entry["msgid"])}
    args = dict.fromkeys(named, 3) | dict.fromkeys(MOMENTS, "2026-12-02 08:00") | {"zone": "Asia/Shanghai"}
    with translation.override(language):
        for name in (one for one in _types if not one.startswith("tests.")):
            words = notification_text(name, args)
            assert not re.search(r"\d{4}-\d\d|Asia/", f"{words.title} {words.text}"), name


@pytest.mark.parametrize(("language", "name"), [("en", "Beijing time"), ("zh-hans", "北京时间")])
def test_a_column_of_a_file_names_its_zone_as_people_do(language: str, name: str) -> None:
    with translation.override(language):
        heading = Column("at", "First joined", ColumnType.DATETIME).heading(ZoneInfo("Asia/Shanghai"))
        assert heading == f"First joined ({name})"
