"""Deletion of what an old roll-over changed: its undo is over then.

It names the groups, courses and deactivated people by their keys. The numbers stay, and the audit trail.
"""

from datetime import datetime

from django.db.models import Q

from accounts.imports.retention import register_undo_data
from classes.models import RollOver
from console.jobs.models import Job

State = RollOver.State


@register_undo_data
def clear_old_roll_overs(before: datetime) -> int:
    """Clear what roll-overs from before changed, chose and left alone; return how many had something."""
    done = (State.APPLIED, State.UNDOING, State.UNDONE)
    # A job that was stopped or failed leaves UNDOING behind; one that is open needs what it undoes.
    waiting = Q(state=State.UNDOING, job__state__in=(Job.State.WAITING, Job.State.RUNNING))
    empty = Q(applied={}, choices={}, kept=[])
    old = RollOver.objects.filter(state__in=done, applied_at__lt=before).exclude(waiting).exclude(empty)
    return old.update(applied={}, choices={}, kept=[])
