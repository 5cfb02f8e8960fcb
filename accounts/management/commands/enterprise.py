"""`manage.py enterprise add`: make a school from the shell."""

import json
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.services import add_school


class Command(BaseCommand):
    help = "Make a school; prints one JSON line with its id and callback address, never a key."

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_subparsers(dest="act", required=True).add_parser("add")
        add.add_argument("--sdkappid", type=int, required=True)
        key = add.add_mutually_exclusive_group(required=True)
        key.add_argument("--tic-key", help="other users of this computer can read it while the command runs")
        key.add_argument("--tic-key-stdin", action="store_true", help="read the key from standard input")
        add.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        key = sys.stdin.readline().strip() if options["tic_key_stdin"] else options["tic_key"]
        if not key:
            raise CommandError("No key came on standard input. Send it as one line.")
        try:
            school = add_school(sdkappid=options["sdkappid"], tic_key=key, name=options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(json.dumps({"id": school.pk, "callback_url": school.own_callback_url}))
