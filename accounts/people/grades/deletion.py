"""What is lost with a grade besides its groups and heads. Other apps register what they have:

@register_grade_loss
def find_lessons(grade): return GradeLoss("lessons", ["Croquet"], _("1 lesson is deleted: Croquet"))
"""

from collections.abc import Callable
from typing import NamedTuple

from accounts.models import Grade


class GradeLoss(NamedTuple):
    """Rows that are deleted or lose their effect: the key and names for the audit trail, and a sentence."""

    key: str
    names: list[str]
    sentence: str


GradeLossSource = Callable[[Grade], GradeLoss]
_sources: list[GradeLossSource] = []


def register_grade_loss(source: GradeLossSource) -> GradeLossSource:
    """Register `source(grade)`; a loss without names is not shown."""
    _sources.append(source)
    return source


def find_losses(grade: Grade) -> list[GradeLoss]:
    """Return what the deletion of a grade takes along in other apps."""
    losses = (source(grade) for source in _sources)
    return [loss for loss in losses if loss.names]
