"""Constraints that the database alone judges."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint


class LastGuard(ExclusionConstraint):
    """Not asked when a form is checked: services say before what is in the way, by name and with a link."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database judges when the transaction ends."""
