class VaultError(Exception):
    """A sealed value cannot be opened or stored. The text names the place, never a byte of the value."""
