"""Sphinx configuration: Markdown pages, and a reference generated from the code."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from from_code import write  # noqa: E402 - the line above makes it importable
from mockserver import __version__  # noqa: E402 - as above

project = "mockserver"
author = "the developers of mockserver"
copyright = author  # noqa: A001 - Sphinx requires this name
release = version = __version__
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "mockserver"
html_show_copyright = False
exclude_patterns = ["examples", "from_code", "_build", "plan.md"]
myst_heading_anchors = 3


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", lambda builder: write(Path(builder.srcdir) / "reference"))
