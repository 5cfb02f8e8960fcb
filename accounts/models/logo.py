"""The logo of a school, shown on our pages; the service's own `icon` is another matter."""

from django.db import models
from django.utils import timezone

from accounts.models.enterprise import Enterprise
from accounts.models.picture import Picture, unguessable


class Logo(models.Model):
    """An uploaded logo, small enough to lie in the row. `Enterprise.logo` names it, so pages need no join."""

    enterprise = models.OneToOneField(Enterprise, models.CASCADE, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=unguessable)
    kind = models.CharField(max_length=3, choices=Picture.Kind.choices)
    content = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its name in an address: a new logo has a new one, so that browsers may keep it."""
        return f"{self.token}.{self.kind}"
