"""Old rows of signing in: ended sessions and REST tokens, and budgets that say nothing any more."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.sign_in import budget, tokens


def tidy() -> int:
    """Drop them; how many."""
    sessions = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    rows = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]
    return sessions + rows + budget.tidy() + tokens.tidy()
