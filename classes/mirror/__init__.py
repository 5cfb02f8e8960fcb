"""Mirror of the service's classes in our lessons: polling, reconcile and differences."""
