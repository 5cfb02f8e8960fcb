"""What accounts does on the clock."""

from celery import shared_task

from accounts.imports import tidying as imports
from accounts.sign_in import tidying


@shared_task
def tidy_sign_in() -> int:
    return tidying.tidy()


@shared_task
def tidy_imports() -> int:
    return imports.tidy()
