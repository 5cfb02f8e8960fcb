"""`manage.py enterprise`: add a school, or renew its callback address."""

import json
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Enterprise
from accounts.school.callback_address import renew_callback_address
from accounts.school.services import add_school


class Command(BaseCommand):
    help = "Add a school, or renew its callback address. Prints its ID and callback URL as one JSON line."

    def add_arguments(self, parser: Any) -> None:
        commands = parser.add_subparsers(dest="act", required=True)
        renew = commands.add_parser(
            "renew-callback", help="generate a new callback address and send it to iclass"
        )
        renew.add_argument("--sdkappid", type=int, required=True)
        add = commands.add_parser("add", help="add a school")
        add.add_argument("--sdkappid", type=int, required=True)
        key = add.add_mutually_exclusive_group(required=True)
        key.add_argument(
            "--tic-key", help="API key; visible to other users of this computer while the command runs"
        )
        key.add_argument("--tic-key-stdin", action="store_true", help="read the key from standard input")
        add.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        school = self._renew(options) if options["act"] == "renew-callback" else self._add(options)
        self.stdout.write(json.dumps({"id": school.pk, "callback_url": school.own_callback_url}))

    def _renew(self, options: dict[str, Any]) -> Enterprise:
        school = Enterprise.objects.filter(sdkappid=options["sdkappid"]).first()
        if school is None:
            raise CommandError("There is no school with this SDKAppID.")
        return renew_callback_address(school=school, by=None)

    def _add(self, options: dict[str, Any]) -> Enterprise:
        key = sys.stdin.readline().strip() if options["tic_key_stdin"] else options["tic_key"]
        if not key:
            raise CommandError("No key on standard input. Send it as one line.")
        try:
            return add_school(sdkappid=options["sdkappid"], tic_key=key, name=options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
