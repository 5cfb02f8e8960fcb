"""What accounts tells the apps above it."""

from django.dispatch import Signal

#: Sent inside the transaction that changes a group: `group`, `added` and `removed` (user pks), `by`;
#: perhaps `leave` (ids of lessons that shall stay as they are), `objected` (ids of those against which there
#: was an objection) and the `reason` why it is done all the same.
group_changed = Signal()

#: Sent inside the transaction in which a school says that its service knows the later fields: `school`, `by`.
later_fields_on = Signal()
