"""`manage.py recount`: the rows of absences that are kept, made anew from the marks."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Enterprise
from classes.attendance.reports.absences import recount_streaks


class Command(BaseCommand):
    help = "Make the absences in a row anew from the marks, and say how many rows changed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--enterprise", type=int, metavar="SDKAPPID", help="only this school")

    def handle(self, *args: Any, **options: Any) -> None:
        schools = Enterprise.objects.order_by("pk")
        if options["enterprise"]:
            schools = schools.filter(sdkappid=options["enterprise"])
        for school in schools:
            self.stdout.write(f"{school.sdkappid}: {recount_streaks(school)} rows changed")
