"""Schools, people, groups and sign-in."""
