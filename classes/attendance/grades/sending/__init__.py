"""Fixed grades sent to the OneRoster service of the school: who is sent, the records, and the job."""
