"""Forms of sign-in, account security and REST tokens."""
