"""Who did what to whom, kept for good: rows can be added, never changed or taken away."""
