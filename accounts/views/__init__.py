"""Pages about people, groups and the school. A view is a route through a form to a service."""
