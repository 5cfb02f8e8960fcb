"""Times, ages, lengths, signs and controls as the pages write them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.utils import timezone, translation
from django.utils.formats import date_format

from console.ui import template_tags
from console.ui.badges import Badge

MOMENT = datetime(2026, 11, 24, 0, 3, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english_in_beijing():  # type: ignore[no-untyped-def]
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        yield


def test_a_moment_is_shown_in_the_zone_of_the_reader() -> None:
    assert template_tags.when(MOMENT) == "Tue 24 Nov, 08:03"
    assert template_tags.when(MOMENT, "time") == "08:03"
    assert template_tags.when(MOMENT, "seconds") == "08:03:10"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_days_are_those_of_the_language_and_the_zone_of_the_moment(language: str) -> None:
    """What is kept of a day is neither shown in another language nor in another zone."""
    patterns = {"both": ("day and time", "D j M, H:i"), "day": ("day", "D j M Y")}
    for zone in ("Asia/Shanghai", "America/New_York"):
        with translation.override(language), timezone.override(zone):
            for show, pattern in patterns.items():
                expected = date_format(timezone.localtime(MOMENT), translation.pgettext(*pattern))
                assert template_tags.when(MOMENT, show) == expected
            assert template_tags.zoned(MOMENT).endswith(f"{template_tags.format_time_zone(MOMENT)}")


def test_a_moment_names_its_second_and_zone_and_nothing_is_a_dash() -> None:
    assert template_tags.moment(MOMENT, "day") == (
        '<time class="time" datetime="2026-11-24T08:03:10+08:00"'
        ' title="2026-11-24 08:03:10, Beijing time (UTC+8)">Tue 24 Nov 2026</time>'
    )
    assert "—" in template_tags.moment(None)


def test_the_zone_stands_with_the_whole_moment() -> None:
    assert template_tags.zoned(MOMENT) == "2026-11-24 08:03:10, Beijing time (UTC+8)"


def test_a_span_names_its_day_once_and_its_zone_in_the_title() -> None:
    ends = MOMENT + timedelta(minutes=45)
    drawn = template_tags.time_span(MOMENT, ends)
    assert drawn.endswith(">Tue 24 Nov, 08:03–08:48</span>")
    assert "2026-11-24 08:03:10, Beijing time (UTC+8) – 2026-11-24 08:48:10, Beijing time (UTC+8)" in drawn
    assert ">08:03:10–08:48:10<" in template_tags.time_span(MOMENT, ends, seconds=True)


def test_a_state_has_a_title_only_where_there_is_something_to_do() -> None:
    assert 'class="tag tag-ok">' in template_tags.state_tag(Badge("<done>", "check", "ok", ""))
    assert "&lt;done&gt;</span>" in template_tags.state_tag(Badge("<done>", "check", "ok", ""))
    assert 'class="tag tag-bad" title="Look at it.">' in template_tags.state_tag(
        Badge("no", "x", "bad", "Look at it.")
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (5 * 86400, "5 d ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert template_tags.age(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "0 s"),
        (45 * 60, "45 min"),
        (2465, "41 min 5 s"),
        (3605, "1 h 0 min 5 s"),
        (26 * 3600, "26 h"),
    ],
)
def test_a_length_keeps_its_seconds_and_does_not_wrap_at_a_day(seconds: int | None, words: str) -> None:
    assert template_tags.duration(seconds) == words


def test_data_is_marked_as_out_of_date_when_older_than_allowed() -> None:
    with time_machine.travel(MOMENT, tick=False):
        fresh = template_tags.ago(MOMENT - timedelta(seconds=8), stale_after=60)
        stale = template_tags.ago(MOMENT - timedelta(seconds=61), stale_after=60)
    assert 'data-ago="8"' in fresh
    assert "8 s ago" in fresh
    assert "is-stale" not in fresh
    assert "is-stale" in stale


def test_a_clock_that_runs_ahead_gives_no_negative_age() -> None:
    with time_machine.travel(MOMENT, tick=False):
        assert 'data-ago="0"' in template_tags.ago(MOMENT + timedelta(seconds=3))


def test_nothing_yet_is_said_as_such() -> None:
    assert "none yet" in template_tags.ago(None)


@pytest.mark.parametrize(
    ("name", "sign"),
    [("王小芳", "小芳"), ("欧阳娜娜", "娜娜"), ("李", "李"), ("Alice Chen", "AC"), ("bob", "B"), ("", "")],
)
def test_the_sign_of_a_person_follows_the_custom_of_the_name(name: str, sign: str) -> None:
    assert template_tags.initials(name) == sign


def test_a_person_keeps_one_colour() -> None:
    assert template_tags.hue("u1001") == template_tags.hue("u1001")
    assert {template_tags.hue(n) for n in range(100)} == {1, 2, 3, 4, 5, 6}


class Form(forms.Form):
    topic = forms.CharField(help_text="What students read.")
    kind = forms.ChoiceField(choices=[("a", "<b>one</b>")], widget=forms.RadioSelect)
    record = forms.BooleanField()


def test_a_control_wears_our_dress_and_names_its_help_and_error() -> None:
    control = template_tags.widget(Form({})["topic"])
    assert 'class="form-control"' in control
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_topic_helptext id_topic_error"' in control
    assert 'class="form-check-input"' in template_tags.widget(Form()["record"])


def test_the_words_of_a_choice_are_escaped() -> None:
    choices = template_tags.widget(Form()["kind"])
    assert choices.count("form-check-input") == 1
    assert "&lt;b&gt;one" in choices
    assert "<b>" not in choices
