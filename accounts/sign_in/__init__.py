"""Signing in: guesses and locks, second factor, sessions, single sign-on, proof before dangerous acts.

Other parts use `accounts.sign_in.proof` (ask for a password again) and `accounts.sign_in.sessions` (end
somebody's sessions). The flow itself is django-allauth's, behind pages of ours.
"""
