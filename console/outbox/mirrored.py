"""What every row has that is mirrored at the service."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from console.outbox.states import SyncState
from console.outbox.words import Words, words_of


class Mirrored(models.Model):
    """A row of ours with a twin at the service.

    The columns of the model are what the school wants. `observed` (in our own field names) is what
    the service last said, `observed_at` when. `sync_state` and `sync_reason` repeat the state of the
    row's newest operation, written in the same transaction, so that a list needs no join.
    """

    remote_id = models.CharField(_("id at the service"), max_length=64, blank=True, editable=False)
    observed = models.JSONField(_("as the service has it"), default=dict, editable=False)
    observed_at = models.DateTimeField(_("last seen at the service"), null=True, editable=False)
    sync_state = models.CharField(
        _("state at the service"),
        max_length=16,
        choices=SyncState.choices,
        default=SyncState.LOCAL,
        editable=False,
    )
    sync_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    made_outside = models.BooleanField(_("made outside this console"), default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def sync_words(self) -> Words | None:
        """Why the row is not in sync and what to do next, in the reader's language."""
        return words_of(self.sync_reason) if self.sync_reason else None
