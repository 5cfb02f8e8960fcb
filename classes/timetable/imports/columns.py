"""Columns of a timetable: their headings, and the formats of days and times."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.imports.columns import guess_columns
from console.inputs.bounds import is_date_in_range

LABELS: dict[str, str | Promise] = {
    "topic": _("Topic"),
    "teacher": _("Teacher"),
    "assistants": _("Assistants"),
    "groups": _("Groups"),
    "students": _("Students"),
    "date": _("Day"),
    "start": _("Starts"),
    "end": _("Ends"),
    "minutes": _("Minutes"),
    "weekdays": _("Days of the week"),
    "until": _("Last day"),
    "count": _("Number of lessons"),
    "term": _("Term"),
    "subject": _("Subject"),
}
REQUIRED = ("topic", "teacher", "date", "start")
_HEADINGS: dict[str, tuple[str, ...]] = {
    "topic": ("topic", "title", "course", "主题", "课程", "课程名称", "课名", "课题"),
    "teacher": ("teacher", "teacherid", "老师", "教师", "任课老师", "任课教师", "主讲", "教师id"),
    "assistants": ("assistant", "assistants", "助教", "助教id"),
    "groups": ("group", "groups", "class", "classes", "班级", "分组", "小组", "学生组"),
    "students": ("student", "students", "studentids", "学生", "学生id", "学号"),
    "date": ("date", "day", "firstday", "from", "日期", "上课日期", "开始日期", "首次日期", "第一天"),
    "start": ("start", "starts", "begin", "begins", "starttime", "time", "开始", "开始时间", "上课时间"),
    "end": ("end", "ends", "endtime", "结束", "结束时间", "下课时间"),
    "minutes": ("minutes", "duration", "length", "分钟", "时长", "时长分钟"),
    "weekdays": ("weekdays", "weekday", "days", "daysoftheweek", "星期", "周几", "每周"),
    "until": ("until", "lastday", "enddate", "截止", "截止日期", "结束日期", "最后一天"),
    "count": ("count", "lessons", "numberoflessons", "times", "次数", "节数", "课次"),
    "term": ("term", "semester", "学期"),
    "subject": ("subject", "subjectname", "科目", "学科", "所属科目"),
}  # fmt: skip
HEADINGS = {heading: field for field, headings in _HEADINGS.items() for heading in headings}

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]0?0:00(?::00)?)?")
_CLOCK = re.compile(r"(\d{1,2})\s*[:：点时]\s*(\d{1,2})(?:[:：]\d{2})?\s*分?")
_NUMBER = re.compile(r"\d{1,6}(?:\.\d+)?")
#: Day 0 of Excel, which treats 1900 as a leap year.
EXCEL_EPOCH = date(1899, 12, 30)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ENGLISH = re.compile(r"[a-z]+")
_CHINESE = "一二三四五六日"


def guess_fields(headings: Sequence[str]) -> list[str]:
    """Return the field of each column; the subject is the topic in a file without a column of topics."""
    fields = guess_columns(headings, HEADINGS)
    return ["topic" if one == "subject" and "topic" not in fields else one for one in fields]


def missing_columns(columns: Collection[str]) -> list[str]:
    """Return the labels of required fields that none of these columns fills."""
    return [str(LABELS[name]) for name in REQUIRED if name not in columns]


def parse_day(text: str) -> date | None:
    """Parse a day in a common format or as Excel's serial number; None if it is not a day."""
    try:
        if match := _DAY.fullmatch(text.strip()):
            day = date(*(int(part) for part in match.groups()))
            return day if is_date_in_range(day) else None
        if _NUMBER.fullmatch(text.strip()) and 20_000 < float(text) < 80_000:
            return EXCEL_EPOCH + timedelta(days=int(float(text)))
    except ValueError:
        return None
    return None


def parse_clock(text: str) -> time | None:
    """Parse a time of day in a common format or as Excel's fraction of a day; None if it is not a time."""
    try:
        if match := _CLOCK.fullmatch(text.strip()):
            return time(int(match[1]), int(match[2]))
        if _NUMBER.fullmatch(text.strip()) and float(text) < 1:
            return (datetime.min + timedelta(minutes=round(float(text) * 1440))).time()
    except ValueError:
        return None
    return None


def parse_weekdays(text: str) -> list[str] | None:
    """Return the weekdays as RFC 5545 codes, in order; None if one cannot be read."""
    written = text.lower().replace("and", " ").replace("天", "日").replace("7", "日")
    words = {word[:2].upper() for word in _ENGLISH.findall(written)}
    if not words <= set(DAYS):
        return None
    found = {DAYS.index(word) for word in words}
    letters = re.sub(r"[a-z\s,;、，；/&+.和每周]|星期|礼拜", "", written)
    for letter in letters:
        if letter in _CHINESE:
            found.add(_CHINESE.index(letter))
        elif letter in "123456":
            found.add(int(letter) - 1)
        else:
            return None
    return [DAYS[index] for index in sorted(found)] or None
