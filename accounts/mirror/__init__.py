"""Mirror of the API's schools and people: upsert, reconcile, differences."""
