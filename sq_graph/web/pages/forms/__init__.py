"""Forms for adding and changing the statements of a workspace, made from the methods of an edit."""

from sq_graph.web.pages.forms.pages import edit_links, form_at, submit

__all__ = ["edit_links", "form_at", "submit"]
