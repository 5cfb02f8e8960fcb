"""The service's class → our lesson: what is seen, polled and walked."""

from classes.mirror import polls, walks

__all__ = ["polls", "walks"]
