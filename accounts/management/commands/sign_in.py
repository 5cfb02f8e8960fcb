"""`manage.py sign_in`: help somebody in from the shell, operators among them."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.sign_in import factors, gate, sessions

ACTS: dict[str, tuple[Callable[[User], Any], str]] = {
    "reset-factor": (
        lambda person: factors.reset(person=person, by=None, reason="command"),
        "The second factor of {login} is gone, every session ended. The next sign-in sets up a new one.",
    ),
    "unlock": (lambda person: gate.unlock(person=person, by=None), "{login} may try again at once."),
    "end-sessions": (
        lambda person: sessions.end_all(person, by=None, reason="command"),
        "Every session of {login} is ended.",
    ),
}


class Command(BaseCommand):
    help = "Reset a second factor, unlock after wrong passwords, or end every session of a login; on record."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("act", choices=list(ACTS))
        parser.add_argument("login", help="user id, @, SDKAppID; or an operator's name")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(login=options["login"]).first()
        if person is None:
            raise CommandError(f"Nobody has the login {options['login']}.")
        do, words = ACTS[options["act"]]
        do(person)
        self.stdout.write(words.format(login=person.login))
