"""What may come in as courseware: a file is judged by its name and its content, and never unpacked or drawn.

name, kind = split_name(told)      the name without its ending, and the kind; ValidationError
examine(file, kind)                ValidationError where the content is not wholly that kind or not harmless
"""

from documents.files.content import KINDS, examine
from documents.files.names import split_name

__all__ = ["KINDS", "examine", "split_name"]
