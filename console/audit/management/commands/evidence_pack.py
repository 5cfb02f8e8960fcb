"""manage.py evidence_pack: write the evidence pack of a school and a year as a ZIP file."""

import shutil
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.audit import chain, evidence_pack
from console.audit.trail import record


class Command(BaseCommand):
    help = "Write the evidence pack of a school and a year, and print its path."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--enterprise", type=int, required=True, help="ID of the school")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--out", type=Path, help="file to write (evidence-ENTERPRISE-YEAR.zip)")

    def handle(self, *args: Any, **options: Any) -> None:
        number, year = options["enterprise"], options["year"]
        if not 2000 <= year <= 9998:
            raise CommandError(f"{year} is not a valid year.")
        school = apps.get_model("accounts.Enterprise")._default_manager.filter(pk=number).first()
        if school is None:
            raise CommandError(f"There is no school with the ID {number}.")
        out = options["out"] or Path(f"evidence-{number}-{year}.zip")
        record("audit.evidence", school, by=None, after={"year": year})
        chain.link_waiting_entries()
        with evidence_pack.build_pack(school, year) as pack, out.open("wb") as file:
            shutil.copyfileobj(pack, file)
        self.stdout.write(str(out))
