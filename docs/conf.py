"""The settings of the documentation: ``scripts/docs`` builds it."""

import os
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS / "_extensions"), str(DOCS.parent)]
# Scripts of the gallery start processes, and these must find the package and draw without a screen, too.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(DOCS.parent), os.environ.get("PYTHONPATH")]))
os.environ["MPLBACKEND"] = "agg"

from written_pictures import WrittenPictures  # noqa: E402

import prosody_ser  # noqa: E402

project = "prosody-ser"
author = "the authors of prosody-ser"
copyright = "the authors of prosody-ser, GPL-3.0-or-later"
version = release = prosody_ser.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "generated_pages",
    "exported_names",
]
exclude_patterns = [
    "_build",
    "_extensions",
    "gallery",
    "**/GALLERY_HEADER.rst",
    "**/sg_execution_times.rst",
    "sg_execution_times.rst",
    "auto_gallery/*.py",
    "auto_gallery/*.ipynb",
]
templates_path = ["_templates"]
highlight_language = "default"
# Two hyphens are the beginning of an option, and no dash.
smartquotes = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
# Every name that a docstring refers to must be in these pages; these are other libraries'.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(sklearn|pandas|numpy|imblearn)\..*")]
numpydoc_show_class_members = False
numpydoc_attributes_as_param_list = True

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"\.py$",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": (WrittenPictures(), "matplotlib"),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
    "capture_repr": ("_repr_html_", "__repr__"),
}

html_theme = "pydata_sphinx_theme"
html_title = "prosody-ser"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"index": []}
html_theme_options = {
    "logo": {"text": "prosody-ser"},
    "navigation_with_keys": False,
    "show_prev_next": False,
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
