"""How a function in a child process fails: it rejects the file, or an error ends it."""


class FileRejected(ValueError):
    """The file is rejected; `code` is the key of a message that the parent shows in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def failure_message(error: Exception) -> dict[str, str]:
    """Return the message to the parent: `refused` with the code, or `failed` with the place of the error."""
    if isinstance(error, FileRejected):
        return {"refused": error.code}
    return {"failed": describe_error(error)}


def describe_error(error: BaseException) -> str:
    """Return type and location of an error. Its message may quote the file, so it is left out."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
