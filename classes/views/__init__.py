"""The pages about lessons. A view is a route through a form to a service."""
