"""Mirror of the API's courseware: upsert, reconcile, differences."""
