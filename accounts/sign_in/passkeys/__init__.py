"""Passkeys (WebAuthn): the relying party, the exchange with the browser, and services."""
