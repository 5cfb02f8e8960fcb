"""The site made of these pages: `make docs`. It loads nothing from elsewhere and runs no script of ours."""

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "iclass console"
author = copyright = "the contributors of iclass console"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "iclass console"
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
