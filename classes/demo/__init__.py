"""The demo school: made through the same services as any other, its past planted in the local service."""
