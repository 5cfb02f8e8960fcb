"""From evidence to marks: pure functions, without a database."""
