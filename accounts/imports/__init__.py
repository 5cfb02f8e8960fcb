"""People from files: read, mapped, compared, applied at once, sent as a job, undone; and back into files."""
