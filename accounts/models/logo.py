"""School logos shown in the console. They are independent of the API's `icon`."""

from django.db import models
from django.utils import timezone

from accounts.models.enterprise import Enterprise
from accounts.models.picture import Avatar, unguessable


class SchoolLogo(models.Model):
    """An uploaded logo, stored in the row. `Enterprise.logo` holds its name, so that pages need no join."""

    enterprise = models.OneToOneField(Enterprise, models.CASCADE, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=unguessable)
    kind = models.CharField(max_length=3, choices=Avatar.Kind.choices)
    content = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "accounts_logo"

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the URL. Each logo has a new name, so that browsers can cache it."""
        return f"{self.token}.{self.kind}"
