"""What accounts does on the clock."""

from celery import shared_task

from accounts import licence, old_keys, retention
from accounts.imports import longexport
from accounts.imports import tidying as imports
from accounts.sign_in import tidying, tokens


@shared_task
def tidy_sign_in() -> int:
    return tidying.tidy()


@shared_task
def tidy_imports() -> int:
    return imports.tidy() + longexport.tidy()


@shared_task
def watch_schools() -> int:
    """Tell of licences that end and drop previous keys whose time is over."""
    return licence.warn() + old_keys.drop_old()


@shared_task
def watch_tokens() -> int:
    """Tell of REST tokens that end soon."""
    return tokens.warn()


@shared_task
def clear_old_data() -> int:
    """Let go of what schools keep no longer."""
    return retention.clear()
