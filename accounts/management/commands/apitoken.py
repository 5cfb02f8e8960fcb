"""manage.py apitoken LOGIN: create a REST token for one person and print it on one line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.sign_in import api_tokens
from console.policy.token_scopes import ALL_SCOPE


class Command(BaseCommand):
    help = "Create a REST token for one person and print it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="user_id@sdkappid, or an operator's login")
        parser.add_argument("--name", default="manage.py apitoken", help="name of the token")
        parser.add_argument(
            "--scope",
            action="append",
            metavar="FAMILY:read|write",
            help="permission such as lessons:read; can be repeated. Default: all permissions of the person",
        )
        parser.add_argument("--days", type=int, default=0, help="lifetime in days; default: REST_TOKEN_DAYS")

    def handle(self, *args: Any, **options: Any) -> None:
        login = options["login"]
        user = User.objects.filter(login=login).first()
        if user is None:
            raise CommandError(f"There is no person with the login {login}. A login is user_id@sdkappid.")
        if not user.is_active:
            raise CommandError(f"{login} is deactivated and cannot use a token.")
        try:
            token = api_tokens.create_token(
                person=user,
                name=options["name"],
                scopes=options["scope"] or [ALL_SCOPE],
                days=options["days"] or None,
                by=None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(token)
