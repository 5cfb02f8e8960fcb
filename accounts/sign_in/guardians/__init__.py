"""Sign-in of guardians: invitations, accounts, sessions, and the base of their pages.

A guardian is never `request.user` (docs/decisions/0039-guardians-are-no-users.md).
"""
