"""manage.py evidence_pack: what an auditor asks of a school for one year, as a ZIP."""

import shutil
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.audit import chain, evidence
from console.audit.trail import record


class Command(BaseCommand):
    help = "Write the evidence pack of a school and a year; names it on standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--enterprise", type=int, required=True, help="id of the school")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--out", type=Path, help="file to write (evidence-ENTERPRISE-YEAR.zip)")

    def handle(self, *args: Any, **options: Any) -> None:
        number, year = options["enterprise"], options["year"]
        if not 2000 <= year <= 9998:
            raise CommandError(f"{year} is no year that a school could have.")
        school = apps.get_model("accounts.Enterprise")._default_manager.filter(pk=number).first()
        if school is None:
            raise CommandError(f"There is no school with the id {number}.")
        out = options["out"] or Path(f"evidence-{number}-{year}.zip")
        record("audit.evidence", school, by=None, after={"year": year})
        chain.drain()
        with evidence.pack(school, year) as made, out.open("wb") as file:
            shutil.copyfileobj(made, file)
        self.stdout.write(str(out))
