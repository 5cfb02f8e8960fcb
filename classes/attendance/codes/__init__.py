"""The codes that a school writes for marks: which mark and reason has which code, and their settings."""
