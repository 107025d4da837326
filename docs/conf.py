"""Settings of the documentation."""

from protocyte import __version__

project = "Protocyte"
author = "The Protocyte developers"
project_copyright = "2026, the Protocyte developers"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "sphinx.ext.mathjax"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_generate"]
nitpicky = False

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_title = "Protocyte"
html_static_path = ["_static"]
html_show_sourcelink = False
# Equations are drawn by the reader's browser; pages without equations make no request.
suppress_warnings = ["myst.header"]
