"""The bell under its old name."""

from console.bell import ring

__all__ = ["ring"]
