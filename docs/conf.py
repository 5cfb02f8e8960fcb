"""The site made of these pages: `make docs`. It loads nothing from elsewhere and runs no script of ours."""

import sys
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from console.env import version as number  # noqa: E402 - the folder of the project is known only now

project = "iclass console"
release = version = number()
author = copyright = "the contributors of iclass console"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"iclass console {release}"
html_copy_source = False
html_show_sphinx = False
# Links between pages of a repository are to headings and files; a page of the site has both.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# Links out of this folder lead to files of the repository, which a test of its own follows.
suppress_warnings = ["myst.header", "myst.xref_missing"]


def setup(app: Sphinx) -> None:
    # Diagrams are drawn by the places that show repositories; here they stand as their text.
    app.add_lexer("mermaid", TextLexer)
