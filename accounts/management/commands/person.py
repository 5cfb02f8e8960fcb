"""`manage.py person add`: add a person who may sign in."""

import json
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Enterprise, Role
from accounts.people.services import register_person


class Command(BaseCommand):
    help = "Add a person to a school. Prints the login as one JSON line."

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_subparsers(dest="act", required=True).add_parser("add")
        add.add_argument("--sdkappid", type=int, required=True)
        add.add_argument("--user-id", required=True)
        add.add_argument(
            "--role", choices=[role for role in Role.values if role != Role.VISITOR], required=True
        )
        add.add_argument("--nickname", default="")
        add.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        school = Enterprise.objects.filter(sdkappid=options["sdkappid"]).first()
        if school is None:
            raise CommandError(
                f"No school has the SDKAppID {options['sdkappid']}. Add it with: manage.py enterprise add"
            )
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else ""
        if options["password_stdin"] and not password:
            raise CommandError("No password on standard input. Send it as one line.")
        try:
            if password:
                validate_password(password)
            person = register_person(
                enterprise=school,
                by=None,
                password=password,
                user_id=options["user_id"],
                role=options["role"],
                nickname=options["nickname"] or options["user_id"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(json.dumps({"login": person.login}))
