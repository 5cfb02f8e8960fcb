"""Background jobs with progress. They are leased and resume after the process is killed."""
