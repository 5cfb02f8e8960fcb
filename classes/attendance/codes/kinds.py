"""Reasons by which a school may tell marks apart, their names, and the reason of each stored mark."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, ExtractHour, Floor
from django.utils.translation import gettext as _

from classes.attendance.inputs import Epoch
from classes.models import Attendance, Correction, Leave, Mark, ReasonKind
from classes.models.attendance import Grade

NOON = 12
_HALVES = (ReasonKind.MORNING, ReasonKind.AFTERNOON)
_LEAVES = (ReasonKind.SICK, ReasonKind.PERSONAL, ReasonKind.OFFICIAL, ReasonKind.OTHER)
#: Reasons that a code may ask for. A mark has one of those of its line, or none of them.
KINDS_OF_MARK: dict[str, tuple[ReasonKind, ...]] = {
    Mark.PRESENT: _HALVES,
    Mark.LATE: (),
    Mark.LEFT_EARLY: _HALVES,
    Mark.LATE_AND_LEFT_EARLY: (),
    Mark.ABSENT: (ReasonKind.NEVER_SEEN, ReasonKind.TOO_SHORT, ReasonKind.HAND),
    Mark.EXCUSED: (*_LEAVES, ReasonKind.DROP, ReasonKind.HAND),
    Mark.UNKNOWN: (ReasonKind.NOT_HELD,),
}
#: Marks that always have one of their reasons.
ALWAYS_HAS_KIND = (Mark.PRESENT, Mark.LEFT_EARLY)
#: Leave that excused, also if it was withdrawn later: a closed register keeps the mark.
_GRANTED = (Leave.State.APPROVED, Leave.State.WITHDRAWN)


def with_kinds(marks: QuerySet[Attendance], kinded: frozenset[str], zone: ZoneInfo) -> QuerySet[Any]:
    """Annotate each mark with `kind`, its reason; empty for marks that are not in `kinded`.

    The facts of a mark are compared as text: a cast of what was stored could fail.
    """
    leave = KeyTransform("leave", "reason")
    return marks.alias(
        begin_hour=ExtractHour("lesson__starts_at", tzinfo=zone),
        leave_from=KeyTextTransform(0, leave),
        leave_to=KeyTextTransform(1, leave),
        correction_kind=_newest_correction(),
        leave_kind=_leave_kind(),
    ).annotate(
        kind=Case(
            When(~Q(mark__in=kinded), then=Value("")),
            When(mark__in=ALWAYS_HAS_KIND, begin_hour__lt=NOON, then=Value("morning")),
            When(mark__in=ALWAYS_HAS_KIND, then=Value("afternoon")),
            When(
                mark=Mark.EXCUSED,
                evidence=Grade.BY_HAND,
                correction_kind=Correction.Kind.DROP,
                then=Value("drop"),
            ),
            When(evidence=Grade.BY_HAND, then=Value("hand")),
            When(mark=Mark.EXCUSED, then=Coalesce(F("leave_kind"), Value("other"))),
            default=Coalesce(KeyTextTransform("rule", "reason"), Value("")),
            output_field=TextField(),
        )
    )


def _newest_correction() -> Subquery:
    of_row = Correction.objects.filter(lesson=OuterRef("lesson"), user_id=OuterRef("user_id"))
    return Subquery(of_row.order_by("-id").values("kind")[:1], output_field=TextField())


def _leave_kind() -> Subquery:
    """Return the kind of the leave that the facts name by its person and its seconds."""
    of_row = Leave.objects.filter(person=OuterRef("person"), state__in=_GRANTED).alias(
        begin_text=_seconds("begins_at"), end_text=_seconds("ends_at")
    )
    same = of_row.filter(begin_text=OuterRef("leave_from"), end_text=OuterRef("leave_to"))
    # "approved" sorts before "withdrawn".
    return Subquery(same.order_by("state", "-id").values("kind")[:1], output_field=TextField())


def _seconds(name: str) -> Cast:
    return Cast(Cast(Floor(Epoch(name)), BigIntegerField()), TextField())


def use_label(mark: str, kind: str) -> str:
    """Return the mark, with its reason where a code asks for one."""
    if not kind:
        return str(Mark(mark).label)
    return _("%(mark)s: %(reason)s") % {"mark": Mark(mark).label, "reason": ReasonKind(kind).label}


def join_labels(labels: Iterable[object]) -> str:
    """Return the labels as one list."""
    return _(", ").join(str(one) for one in labels)
