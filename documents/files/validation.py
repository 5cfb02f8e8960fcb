"""Validation of file contents in a child process with limited memory and time."""

from typing import IO, Any

from console.child_process.refusal import FileRejected
from console.child_process.runner import ProcessFailed, ProcessLimits, run
from documents.files.error_messages import validation_error

#: The largest allowed file is read, unpacked and hashed in a quarter of this time.
PROCESS_LIMITS = ProcessLimits(memory=400_000_000, cpu_s=60, wait_s=120)


def validate_content(file: IO[bytes], kind: str) -> None:
    """Raise ValidationError if the content is rejected. The file is rewound afterwards."""
    try:
        list(
            run("documents.files.content_checks:check_content", file, kind, limits=PROCESS_LIMITS, result=Any)
        )
    except FileRejected as error:
        raise validation_error(error.code) from None
    except ProcessFailed:
        raise validation_error("failed") from None
    file.seek(0)
