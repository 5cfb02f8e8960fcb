"""`manage.py verify_register FILE`: does an exported register say what was closed?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from classes.attendance.verification import verify_register

MAX_LISTED = 20


class Command(BaseCommand):
    help = "Check an exported register (.json, .xlsx, .csv) against the revision that was closed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verdict = verify_register(options["file"])
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from None
        if verdict.faults:
            told = verdict.faults[:MAX_LISTED]
            more = len(verdict.faults) - len(told)
            raise CommandError("\n".join([*told, f"and {more} more"] if more else told))
        self.stdout.write(
            f"Revision {verdict.revision} of {verdict.people} people is as it was closed: {verdict.digest}"
        )
