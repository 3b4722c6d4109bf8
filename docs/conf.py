"""Settings of Sphinx: `make docs` builds the pages, without a network and without a warning."""

import os
import sys
import tomllib
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"  # rules stay plain functions, with signatures and docstrings
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # where the two extensions below lie

project = "Spillover"
author = "The Spillover authors"
project_copyright = author
version = release = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "generate",
    "mathml",
]
exclude_patterns = ["_build"]
default_role = "code"  # docstrings write code in single backticks
myst_enable_extensions = ["dollarmath", "fieldlist"]
myst_heading_anchors = 3
copybutton_exclude = ".gp, .go"  # prompts of examples, and what is printed

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_preprocess_types = False

nitpicky = True
nitpick_ignore_regex = [
    (
        "py:class",
        (
            r"sim\.(world\.(config\.RunConfig|faults\.Fault|header\.WorldHeader|outlines\.Outline|posterior\.Posterior"
            r"|scenario\.Living|tilt\.Tilt)|study\.score\.folds\.Folds)"
        ),
    ),  # settings have their own page
    # Other projects' names; their pages are not asked, since building needs no network.
    ("py:.*", r"(builtins|collections|matplotlib|mesa|numpy|np|npt|pandas|pathlib|pd|typing)\b.*"),
]

html_theme = "furo"
html_title = f"Spillover {release}"
html_static_path = ["static"]
html_css_files = ["spillover.css"]
html_show_sphinx = False
html_copy_source = False
html_math_renderer = "mathml"
