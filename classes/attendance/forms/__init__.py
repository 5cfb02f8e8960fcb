"""Forms of registers, appeals, leave and the attendance policy."""
