"""Commands to the API: stored in the transaction of the change, sent after its commit, never lost."""
