"""What children of the fork server do for a rolling upgrade."""

from typing import Any

from django.core.management import call_command

from accounts.models import User
from classes.models import Lesson
from console.policy.tokens import issue_token

PASSWORD = "croquet at half past four"


def give_access(person: int) -> dict[str, str]:
    """Let somebody sign in with PASSWORD; the name for it, and a REST token."""
    user = User.objects.get(pk=person)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return {"login": user.login, "token": issue_token(user)}


def collect_files() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def missing(people: list[str], lessons: list[int]) -> list[str]:
    """Who and what was accepted over REST and is not there, or did not reach the service."""
    found: dict[str, Any] = dict(User.objects.filter(user_id__in=people).values_list("user_id", "sync_state"))
    held: dict[int, Any] = dict(Lesson.objects.filter(pk__in=lessons).values_list("pk", "remote_id"))
    return [
        *(f"user {one}: {found.get(one)}" for one in people if found.get(one) != "in_sync"),
        *(f"lesson {one}: {held.get(one)}" for one in lessons if not held.get(one)),
    ]
