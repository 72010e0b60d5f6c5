"""What Sphinx builds the course's site by; read from the folder that `sources` fills."""

import datetime
import os

project = "After the Response"
author = "the course's authors"
copyright = "text CC BY 4.0, code MIT"
html_title = project
version = f"{datetime.date.today():%Y.%m}"  # an EPUB wants one
epub_show_urls = "no"
# Other hosts are asked one after the other and slowly; what needs a log-in or an owner cannot be asked.
linkcheck_ignore = [r"http://127\.0\.0\.1.*", r"https://mybinder\.org/.*OWNER.*"]
extensions = ["myst_nb", "sphinx_copybutton"]
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"  # an output is read as the text is: tables are tables
nb_ipywidgets_js = {}
nb_mime_priority_overrides = [("html", "text/plain", 90)]
myst_heading_anchors = 3
smartquotes = False  # `--reload` and "Reloading" are looked for as they are written
suppress_warnings = ["myst.header"]
html_theme = "sphinx_book_theme"
html_favicon = "icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it fetches pages, which a browser refuses for files opened from a disk
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["finder.js"]
html_context = {"default_mode": "auto"}
html_theme_options = {
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
}
copybutton_selector = "div.cell_input div.highlight pre"

# Published from a repository, each notebook's page opens its notebook on Binder, too; a fork's pages open the fork's.
if repository := os.environ.get("GITHUB_REPOSITORY"):
    html_theme_options |= {
        "repository_url": f"https://github.com/{repository}",
        "repository_branch": os.environ.get("GITHUB_REF_NAME", "main"),
        "path_to_docs": "notebooks",
        "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    }
