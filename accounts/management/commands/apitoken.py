"""manage.py apitoken LOGIN: make a REST token of one person and print it, once, alone on a line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.sign_in import tokens
from console.policy.tokenscopes import EVERYTHING


class Command(BaseCommand):
    help = "Make a REST token of one person and print it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="user_id@sdkappid, or the name of an operator")
        parser.add_argument("--name", default="manage.py apitoken", help="what the token is for")
        parser.add_argument(
            "--scope",
            action="append",
            metavar="FAMILY:read|write",
            help="what it may do, as lessons:read; may be repeated. Without it: all that the person may",
        )
        parser.add_argument("--days", type=int, default=0, help="how long it lives; default REST_TOKEN_DAYS")

    def handle(self, *args: Any, **options: Any) -> None:
        login = options["login"]
        user = User.objects.filter(login=login).first()
        if user is None:
            raise CommandError(f"There is no person with the login {login}. A login is user_id@sdkappid.")
        if not user.is_active:
            raise CommandError(f"{login} is deactivated and can use no token.")
        try:
            token = tokens.add(
                person=user,
                name=options["name"],
                scopes=options["scope"] or [EVERYTHING],
                days=options["days"] or None,
                by=None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(token)
