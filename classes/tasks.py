"""Periodic tasks of lessons."""

from celery import shared_task

from classes.attendance.guardian_notices import planning
from classes.attendance.reports.exports import runs as exports
from classes.attendance.reports.schedules import delivery
from classes.attendance.thresholds import evaluation
from classes.live.alarms import detection
from classes.notifications import lessons
from classes.readiness import notifications
from classes.recordings import copy_job
from classes.recordings import notifications as expiry
from classes.recordings import services as recordings
from console.call_limits import at_most
from console.statement_limits import allow_long_statements


@shared_task
def check_readiness() -> int:
    """Send notifications about upcoming lessons that are not ready."""
    return notifications.send_readiness_warnings()


@shared_task
def send_lesson_notifications() -> int:
    """Send invitations, changes, and reminders a day and an hour before."""
    return lessons.send_lesson_notifications()


@shared_task
def watch_lessons() -> int:
    """Raise and resolve alarms."""
    return detection.detect_alarms()


@shared_task
@at_most(1)
def keep_recordings() -> int:
    """Warn of expiring recordings, bin expired ones, empty the bin and check old URLs."""
    done = expiry.send_expiry_warnings() + recordings.expire_recordings() + recordings.empty_bin()
    return done + copy_job.check_track_urls()


@shared_task
@at_most(2)
def send_scheduled_reports() -> int:
    """Send the reports that are due by e-mail."""
    return delivery.send_due_reports()


@shared_task
def start_scheduled_exports() -> int:
    """Start the exports that are due."""
    return exports.start_due_exports()


@shared_task
@allow_long_statements()
def evaluate_thresholds() -> int:
    """Evaluate new and changed warning rules, and each rule once a night."""
    return evaluation.evaluate_due_rules()


@shared_task
def plan_guardian_notices() -> int:
    """Make the notifications to guardians of schools whose time of day has come."""
    return planning.plan_due_notices()
