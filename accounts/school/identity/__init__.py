"""Identity providers of a school: settings, sign-in with them, rules, and sign-out by the provider."""
