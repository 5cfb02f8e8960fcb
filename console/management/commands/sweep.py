"""`manage.py sweep`: do all due work in this process, as worker and beat would, then exit."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.celery import app
from console.inbox import processing
from console.jobs import runner as jobs
from console.mirror import registry
from console.notifications import email_delivery
from console.notifications.channels import sending
from console.outbox import relay
from console.webhooks import sending as webhooks

#: Entries of the schedule that the rounds below run, repeatedly until nothing is due.
LOOPED_ENTRIES = {"relay", "inbox", "polls", "jobs", "calling_jobs", "mail", "webhooks", "reconcile"}


class Command(BaseCommand):
    help = "Send, receive, poll and compare until nothing is due; needs neither worker nor broker."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = {"sent": 0, "handled": 0, "looked": 0, "worked": 0, "mailed": 0, "messaged": 0, "told": 0}
        compared = registry.reconcile_all() if not options["quick"] else 0
        while sum(round_ := self._round()):
            counts = {name: counts[name] + done for name, done in zip(counts, round_, strict=True)}
        self._run_other_tasks()
        summary = ", ".join(f"{name} {done}" for name, done in counts.items())
        self.stdout.write(f"{summary}, changed by comparing {compared}")

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--quick", action="store_true", help="do not compare with the service")

    def _run_other_tasks(self) -> None:
        """Run the other tasks of the schedule, such as warnings, cleanup and the audit chains."""
        app.loader.import_default_modules()
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            if name not in LOOPED_ENTRIES:
                app.tasks[entry["task"]]()

    def _round(self) -> tuple[int, ...]:
        return (
            relay.drain(),
            processing.process_due_callbacks(),
            registry.poll_due_rows(),
            jobs.run_due_jobs(),
            email_delivery.send_due_emails(),
            sending.deliver_due_messages(),
            webhooks.deliver_due(),
        )
