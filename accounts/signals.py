"""What accounts tells the apps above it."""

from django.dispatch import Signal

#: Sent inside the transaction that changes a group: `group`, `added` and `removed` (user pks), `by`;
#: perhaps `leave` (ids of lessons that shall stay as they are).
group_changed = Signal()
