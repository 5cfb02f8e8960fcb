"""Pictures of people. They are stored here and fetched by the API."""

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models.enterprise import Enterprise
from accounts.models.user import User


def unguessable() -> str:
    return secrets.token_urlsafe(24)


class Avatar(models.Model):
    """An uploaded picture (附录4). It is below 100 KB, so it is stored in the row.

    Its URL needs no sign-in, because the API fetches it; each picture has a new URL.
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

    class Meta:
        db_table = "accounts_picture"

    def __str__(self) -> str:
        return f"{self.person_id}.{self.kind}"

    @property
    def path(self) -> str:
        return reverse("accounts:picture", args=[f"{self.token}.{self.kind}"])

    @property
    def url(self) -> str:
        """Return the public URL that is sent to the API."""
        return f"{settings.PUBLIC_URL.rstrip('/')}{self.path}"
