"""Saved views of lists, and what each person prefers."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.ui.waiting import RowName

#: The list of preferences that hold for all lists.
EVERY_LIST = ""


class SavedView(models.Model):
    """A named view of a list, own or shared with the school; without a name, a person's preference.

    `settings` is that of `console.lists.view_settings`: never more than the query string and the columns, so
    a view shows each reader only what the list would show them anyway.
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="+", verbose_name=_("school"), db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    list_name = models.CharField(_("list"), max_length=40, blank=True)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60, blank=True)
    is_shared = models.BooleanField(_("shared with the school"), default=False)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "list_name", "name"], name="view_name_once_a_list"),
            models.CheckConstraint(
                condition=models.Q(is_shared=False) | ~models.Q(name=""), name="shared_view_has_a_name"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "list_name"], name="view_by_list")]

    def __str__(self) -> str:
        return self.name or self.list_name


class WaitingMark(models.Model):
    """A row of what waits that a person put off `until` a time, for themselves alone, or was given.

    The row is named by its kind (`console.ui.waiting`) and model: as long as the kind has it, it waits.
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="+", verbose_name=_("school")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=40)
    model = models.CharField(_("object type"), max_length=40)
    row = models.PositiveBigIntegerField(_("object ID"))
    until = models.DateTimeField(_("put off until"), null=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("waiting", "given by"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("mark on Today")
        verbose_name_plural = _("marks on Today")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "model", "row"], name="waiting_marked_once"),
            models.UniqueConstraint(
                fields=["enterprise", "kind", "model", "row"],
                condition=models.Q(given_by__isnull=False),
                name="waiting_given_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=False) | models.Q(given_by__isnull=False),
                name="waiting_mark_says_something",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> RowName:
        return RowName(self.kind, self.model, self.row)
