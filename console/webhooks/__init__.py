"""Webhooks: events of a school, signed and delivered to the endpoints that it registers."""
