"""Work that takes the service time: planned as steps, taken at once, by hand, or when due."""

from django.db.models import QuerySet

from .. import clock, knobs
from ..store.models import Step


def plan(kind: str, ref: int, names: list[str]) -> None:
    """Plan the steps of one piece of work, in order, at the pace of its knob."""
    pace, gap = knobs.value(f"{kind}_pace"), knobs.value(f"{kind}_step_s")
    now = clock.precise()
    for number, name in enumerate(names, 1):
        due = {"immediate": now, "manual": None, "timed": now + gap * number}[pace]
        Step.objects.create(kind=kind, ref=ref, name=name, due_at=due)


def due() -> QuerySet[Step]:
    """The steps whose time has come, in order."""
    return Step.objects.filter(due_at__lte=clock.precise()).order_by("due_at", "id")


def advance(kind: str, ref: int | None) -> int:
    """Make the next waiting step of each piece of work (or of one) due; answers how many."""
    waiting = Step.objects.filter(kind=kind).order_by("id")
    if ref is not None:
        waiting = waiting.filter(ref=ref)
    first = {step.ref: step for step in reversed(list(waiting))}
    for step in first.values():
        step.due_at = clock.precise()
        step.save(update_fields=["due_at"])
    return len(first)
