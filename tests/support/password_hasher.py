"""The hasher of a server with a single round: hundreds of passwords of tests took most of a second each.

Programs that tests start read its hashes, too, and store them anew with all rounds at the next sign-in.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class SingleRoundHasher(PBKDF2PasswordHasher):
    iterations = 1
