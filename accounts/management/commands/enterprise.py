"""`manage.py enterprise add`: make a school from the shell."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.services import add_school


class Command(BaseCommand):
    help = "Make a school; prints one JSON line with its id and callback address, never a key."

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_subparsers(dest="act", required=True).add_parser("add")
        add.add_argument("--sdkappid", type=int, required=True)
        add.add_argument("--tic-key", required=True)
        add.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            school = add_school(
                sdkappid=options["sdkappid"], tic_key=options["tic_key"], name=options["name"]
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(json.dumps({"id": school.pk, "callback_url": school.own_callback_url}))
