"""Exports that a school has made on a schedule: to its storage, with a link by e-mail to administrators."""
