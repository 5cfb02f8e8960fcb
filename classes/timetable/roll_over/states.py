"""What a roll-over is by now: a job that ended without effect leaves its state behind."""

from django.utils.translation import gettext as _

from classes.models import RollOver

State = RollOver.State


def is_job_open(roll_over: RollOver) -> bool:
    """Return whether a job is about to carry out or undo a roll-over."""
    return roll_over.job is not None and roll_over.job.is_open


def is_draft(roll_over: RollOver) -> bool:
    """Return whether a roll-over can be continued or deleted.

    One whose job was stopped or failed is a draft again, whatever is stored.
    """
    is_left = roll_over.state == State.APPLYING and not is_job_open(roll_over)
    return roll_over.state == State.DRAFT or is_left


def has_failed(roll_over: RollOver) -> bool:
    """Return whether the job of a draft failed and nobody has gone on with the draft since."""
    return is_draft(roll_over) and roll_over.job is not None


def shown_state(roll_over: RollOver) -> str:
    """Return the name of the state that lists and pages show."""
    if has_failed(roll_over):
        return _("not carried out")
    state = State(roll_over.state)
    if is_draft(roll_over):
        state = State.DRAFT
    elif state == State.UNDOING and not is_job_open(roll_over):
        state = State.APPLIED
    return str(state.label)
