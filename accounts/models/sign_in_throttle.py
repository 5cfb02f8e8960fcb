"""Counters of failed sign-in attempts."""

from django.db import models


class SignInThrottle(models.Model):
    """Attempts of a login, IP address or second factor (accounts.sign_in.attempt_limits).

    `key` is a keyed digest: a login that somebody typed may be a password in the wrong field.
    """

    class Of(models.TextChoices):
        LOGIN = "login"
        ADDRESS = "address"
        FACTOR = "factor"

    of = models.CharField(max_length=8, choices=Of.choices)
    key = models.CharField(max_length=64)
    tries = models.PositiveIntegerField()
    locks = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_guesses"
        constraints = [models.UniqueConstraint(fields=["of", "key"], name="guesses_once_a_key")]

    def __str__(self) -> str:
        return f"{self.of}: {self.tries}"
