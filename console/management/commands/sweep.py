"""`manage.py sweep`: all due work in this process, as worker and beat would do it, then the end."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.celery import app
from console.inbox import process
from console.jobs import machine as jobs
from console.mirror import registry
from console.notices import post
from console.outbox import relay

#: Entries of the schedule that the rounds below do, as often as there is something to do.
IN_ROUNDS = {"relay", "inbox", "polls", "jobs", "mail", "reconcile"}


class Command(BaseCommand):
    help = "Send, receive, look and compare until nothing is due; needs neither worker nor broker."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = {"sent": 0, "handled": 0, "looked": 0, "worked": 0, "mailed": 0}
        compared = registry.reconcile_all() if not options["quick"] else 0
        while sum(round_ := self._round()):
            counts = {name: counts[name] + done for name, done in zip(counts, round_, strict=True)}
        self._keep_house()
        words = ", ".join(f"{name} {done}" for name, done in counts.items())
        self.stdout.write(f"{words}, changed by comparing {compared}")

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--quick", action="store_true", help="leave the comparing with the service out")

    def _keep_house(self) -> None:
        """What the schedule does besides, such as warnings, tidying and the chains of the trail."""
        app.loader.import_default_modules()
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            if name not in IN_ROUNDS:
                app.tasks[entry["task"]]()

    def _round(self) -> tuple[int, ...]:
        return relay.drain(), process.drain(), registry.poll(), jobs.drain(), post.drain()
