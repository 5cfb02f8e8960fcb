"""The service's class → our lesson: what is seen, polled and walked."""

from classes.mirror import polls, stale, walks

__all__ = ["polls", "stale", "walks"]
