from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.policy.row_security.database_role import REMEDY, missing_setup_sql, setup_sql


class Command(BaseCommand):
    help = (
        "Checks that the user of DATABASE_URL has the rights that the console needs. With --sql, prints the"
        " SQL that a database administrator runs once if that user is an ordinary owner, without a query."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sql", action="store_true", help="print the SQL for the administrator")

    def handle(self, **options: Any) -> None:
        if options["sql"]:
            self.stdout.write(setup_sql())
        elif missing_setup_sql():
            raise CommandError(f"Something is missing. {REMEDY}")
        else:
            self.stdout.write("Nothing is missing: manage.py migrate needs no administrator of the database.")
