"""Ready-made sets of codes, and what filling one in would add to the codes of a school."""

from collections.abc import Collection
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.models import AttendanceCode, Mark, ReasonKind

_Tone, _Counts = AttendanceCode.Tone, AttendanceCode.Counts
ANY, MORNING, AFTERNOON = ReasonKind.ANY, ReasonKind.MORNING, ReasonKind.AFTERNOON


class PresetCode(NamedTuple):
    """A code of a set. One without `uses` is added for the school to use as it wants."""

    letters: str
    name: str | Promise
    tone: str
    counts_as: str
    uses: tuple[tuple[str, str], ...] = ()


class CodeSet(NamedTuple):
    slug: str
    label: str | Promise
    codes: tuple[PresetCode, ...]


class PlannedCode(NamedTuple):
    """A code of a set as it would be added; one whose letters the school has already is not new.

    `left_out` are the marks that have another code already.
    """

    letters: str
    name: str | Promise
    tone: str
    counts_as: str
    uses: list[tuple[str, str]]
    left_out: list[tuple[str, str]]
    is_new: bool


# Codes of the Department for Education, as far as a mark or a reason stands for one.
ENGLAND = CodeSet(
    "england",
    _("England’s attendance codes"),
    (
        PresetCode(
            "/",
            _("Present in the morning"),
            _Tone.OK,
            _Counts.PRESENT,
            ((Mark.PRESENT, MORNING), (Mark.LEFT_EARLY, MORNING)),
        ),
        PresetCode(
            "\\",
            _("Present in the afternoon"),
            _Tone.OK,
            _Counts.PRESENT,
            ((Mark.PRESENT, AFTERNOON), (Mark.LEFT_EARLY, AFTERNOON)),
        ),
        PresetCode(
            "L",
            _("Late before the register closes"),
            _Tone.WARN,
            _Counts.PRESENT,
            ((Mark.LATE, ANY), (Mark.LATE_AND_LEFT_EARLY, ANY)),
        ),
        PresetCode("I", _("Illness"), _Tone.BUSY, _Counts.ABSENT, ((Mark.EXCUSED, ReasonKind.SICK),)),
        PresetCode("M", _("Medical or dental appointment"), _Tone.BUSY, _Counts.ABSENT),
        PresetCode("C", _("Authorised leave of absence"), _Tone.BUSY, _Counts.ABSENT, ((Mark.EXCUSED, ANY),)),
        PresetCode(
            "B",
            _("Educational activity elsewhere"),
            _Tone.OK,
            _Counts.PRESENT,
            ((Mark.EXCUSED, ReasonKind.OFFICIAL),),
        ),
        PresetCode(
            "Y7",
            _("Unable to attend, unavoidable cause"),
            _Tone.IDLE,
            _Counts.NEITHER,
            ((Mark.EXCUSED, ReasonKind.DROP),),
        ),
        PresetCode("N", _("No reason given yet"), _Tone.BAD, _Counts.ABSENT, ((Mark.ABSENT, ANY),)),
        PresetCode(
            "O", _("Unauthorised absence"), _Tone.BAD, _Counts.ABSENT, ((Mark.ABSENT, ReasonKind.HAND),)
        ),
    ),
)
CHINESE = CodeSet(
    "chinese",
    _("Chinese characters: 到 迟 早 缺 假"),
    (
        PresetCode("到", pgettext_lazy("code", "Present"), _Tone.OK, _Counts.PRESENT, ((Mark.PRESENT, ANY),)),
        PresetCode(
            "迟",
            pgettext_lazy("code", "Late"),
            _Tone.WARN,
            _Counts.PRESENT,
            ((Mark.LATE, ANY), (Mark.LATE_AND_LEFT_EARLY, ANY)),
        ),
        PresetCode(
            "早", pgettext_lazy("code", "Left early"), _Tone.WARN, _Counts.PRESENT, ((Mark.LEFT_EARLY, ANY),)
        ),
        PresetCode("缺", pgettext_lazy("code", "Absent"), _Tone.BAD, _Counts.ABSENT, ((Mark.ABSENT, ANY),)),
        PresetCode(
            "假", pgettext_lazy("code", "On leave"), _Tone.BUSY, _Counts.NEITHER, ((Mark.EXCUSED, ANY),)
        ),
    ),
)
CODE_SETS = {one.slug: one for one in (ENGLAND, CHINESE)}


def plan_codes(
    code_set: CodeSet, letters: Collection[str], taken: Collection[tuple[str, str]]
) -> list[PlannedCode]:
    """Return what a set would add beside the letters and marks that a school has given out already."""
    return [
        PlannedCode(
            one.letters,
            one.name,
            one.tone,
            one.counts_as,
            [use for use in one.uses if use not in taken],
            [use for use in one.uses if use in taken],
            one.letters not in letters,
        )
        for one in code_set.codes
    ]
