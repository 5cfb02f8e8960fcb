"""The audit trail: append-only entries about who did what to whom."""
