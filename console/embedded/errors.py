"""What can go wrong with the embedded servers, said to a person."""


class EmbeddedError(Exception):
    """One sentence or two: what does not work and what to do next. Meant to be shown without traceback."""
