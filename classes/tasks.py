"""What lessons do on the clock."""

from celery import shared_task

from classes.alarms import detect, hook
from classes.readiness import warning
from classes.recordings import archive
from classes.recordings import services as recordings
from classes.recordings import warning as expiry
from classes.telling import lessons


@shared_task
def check_readiness() -> int:
    """Tell which of the lessons to come are not ready."""
    return warning.warn()


@shared_task
def tell_of_lessons() -> int:
    """Invite, tell of changes, remind a day and an hour before."""
    return lessons.tell_all()


@shared_task
def watch_lessons() -> int:
    """Raise the alarms of now, and send what another system is to hear of them."""
    return detect.detect() + hook.drain()


@shared_task
def keep_recordings() -> int:
    """Tell of recordings that go soon, bin what is over, empty the bin, try old addresses."""
    done = expiry.warn() + recordings.expire() + recordings.empty_bin()
    return done + archive.check_addresses()
