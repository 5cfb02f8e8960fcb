"""People and groups: services, queries, forms and views."""
