"""`manage.py sign_in`: help people and operators who cannot sign in."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.sign_in import lockout, second_factor, sessions

ACTIONS: dict[str, tuple[Callable[[User], Any], str]] = {
    "reset-factor": (
        lambda person: second_factor.reset(person=person, by=None, reason="command"),
        "The second factor of {login} is removed, every session ended. The next sign-in sets up a new one.",
    ),
    "unlock": (lambda person: lockout.unlock(person=person, by=None), "{login} may sign in again at once."),
    "end-sessions": (
        lambda person: sessions.end_all_sessions(person, by=None, reason="command"),
        "Every session of {login} is ended.",
    ),
}


class Command(BaseCommand):
    help = "Reset the second factor, unlock, or end every session of a login. The action is recorded."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("act", choices=list(ACTIONS))
        parser.add_argument("login", help="user_id@sdkappid, or an operator's login")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(login=options["login"]).first()
        if person is None:
            raise CommandError(f"Nobody has the login {options['login']}.")
        action, message = ACTIONS[options["act"]]
        action(person)
        self.stdout.write(message.format(login=person.login))
