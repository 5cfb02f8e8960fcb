"""What the policy tells those above it, who may not be imported here."""

from django.dispatch import Signal

#: A REST token was handed out. Arguments: user (whose it is), name (what it is for), by (a person, or None).
token_issued = Signal()
