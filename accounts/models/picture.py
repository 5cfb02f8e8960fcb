"""The picture of a person, kept here and fetched by the service."""

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models.enterprise import Enterprise
from accounts.models.user import User


def unguessable() -> str:
    return secrets.token_urlsafe(24)


class Picture(models.Model):
    """An uploaded picture (附录4), below 100 KB, so it lies in the row: it comes and goes with its person.

    Everybody who has its address can see it, for the service must; a new picture has a new address.
    """

    class Kind(models.TextChoices):
        JPG = "jpg", "image/jpeg"
        PNG = "png", "image/png"

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="pictures")
    person = models.OneToOneField(User, models.CASCADE, related_name="picture")
    token = models.CharField(max_length=40, unique=True, default=unguessable)
    kind = models.CharField(max_length=3, choices=Kind.choices)
    content = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.person_id}.{self.kind}"

    @property
    def path(self) -> str:
        return reverse("accounts:picture", args=[f"{self.token}.{self.kind}"])

    @property
    def url(self) -> str:
        """The public address that the service is told."""
        return f"{settings.PUBLIC_URL.rstrip('/')}{self.path}"
