"""manage.py apitoken LOGIN: make a REST token of one person and print it, once, alone on a line."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from console.policy.models import ApiToken
from console.policy.signals import token_issued
from console.policy.tokens import issue


class Command(BaseCommand):
    help = "Make a REST token of one person and print it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="user_id@sdkappid, or the name of an operator")
        parser.add_argument("--name", default="manage.py apitoken", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model()._default_manager.filter(login=options["login"]).first()
        if user is None:
            raise CommandError(
                f"There is no person with the login {options['login']}. A login is user_id@sdkappid."
            )
        if not user.is_active:
            raise CommandError(f"{options['login']} is deactivated and can use no token.")
        with transaction.atomic():
            token = issue(user, options["name"])
            token_issued.send(sender=ApiToken, user=user, name=options["name"], by=None)
        self.stdout.write(token)
