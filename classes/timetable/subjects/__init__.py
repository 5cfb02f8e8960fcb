"""The subjects of a school: what its courses teach, in which colour, and who teaches it."""
