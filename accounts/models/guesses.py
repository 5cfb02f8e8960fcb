"""How often somebody tried to sign in."""

from django.db import models


class Guesses(models.Model):
    """What a login, an address or a second factor has left of its budget (accounts.sign_in.budget).

    `key` is a keyed digest: what strangers type may be a password in the wrong field, and is kept nowhere.
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
        constraints = [models.UniqueConstraint(fields=["of", "key"], name="guesses_once_a_key")]

    def __str__(self) -> str:
        return f"{self.of}: {self.tries}"
