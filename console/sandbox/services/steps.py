"""Long-running work of the service: planned as steps, run at once, manually, or when due."""

from django.db.models import QuerySet

from console.sandbox import clock, knobs
from console.sandbox.store.models import Step


def schedule_steps(kind: str, ref: int, names: list[str]) -> None:
    """Plan the steps of a task, in order, at the pace of its knob."""
    pace, gap = knobs.value(f"{kind}_pace"), knobs.value(f"{kind}_step_s")
    now = clock.timestamp()
    for number, name in enumerate(names, 1):
        due = {"immediate": now, "manual": None, "timed": now + gap * number}[pace]
        Step.objects.create(kind=kind, ref=ref, name=name, due_at=due)


def due_steps() -> QuerySet[Step]:
    """Return the due steps, in order."""
    return Step.objects.filter(due_at__lte=clock.timestamp()).order_by("due_at", "id")


def advance_steps(kind: str, ref: int | None) -> int:
    """Make the next waiting step of each task (or of one) due; return their number."""
    waiting = Step.objects.filter(kind=kind).order_by("id")
    if ref is not None:
        waiting = waiting.filter(ref=ref)
    first = {step.ref: step for step in reversed(list(waiting))}
    for step in first.values():
        step.due_at = clock.timestamp()
        step.save(update_fields=["due_at"])
    return len(first)
