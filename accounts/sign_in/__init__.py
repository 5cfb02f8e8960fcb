"""Sign-in: attempt limits, second factor, sessions, single sign-on, reauthentication.

Other packages use `accounts.sign_in.reauthentication` and `accounts.sign_in.sessions`. The flow is that of
django-allauth, with our own views.
"""
