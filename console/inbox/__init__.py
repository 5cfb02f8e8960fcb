"""Callbacks of the service: verified, stored and acknowledged first, processed later."""
