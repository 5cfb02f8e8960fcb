"""Ready-made sets of grades, which a school without grades adds with one click."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class GradeSet(NamedTuple):
    """`names` are those of the grades, the lowest first."""

    slug: str
    label: str | Promise
    names: tuple[str | Promise, ...]


_PRIMARY = (_("Grade 1"), _("Grade 2"), _("Grade 3"), _("Grade 4"), _("Grade 5"), _("Grade 6"))
_MIDDLE = (_("Grade 7"), _("Grade 8"), _("Grade 9"))
_HIGH = (_("Grade 10"), _("Grade 11"), _("Grade 12"))
GRADE_SETS = {
    one.slug: one
    for one in (
        GradeSet("primary", _("Primary school"), _PRIMARY),
        GradeSet("middle", _("Middle school"), _MIDDLE),
        GradeSet("high", _("High school"), _HIGH),
        GradeSet("secondary", _("Middle and high school"), _MIDDLE + _HIGH),
    )
}
