"""What accounts tells the apps above it."""

from django.dispatch import Signal

#: Sent inside the transaction that changes a group: `group`, `added` and `removed` (user pks), `by`.
group_changed = Signal()
