"""Forms for adding and changing statements of a workspace: made from the methods of an edit, saved
by it.
"""

from sq_graph.web.pages.forms.pages import edit_links, shown_page, submit

__all__ = ["edit_links", "shown_page", "submit"]
