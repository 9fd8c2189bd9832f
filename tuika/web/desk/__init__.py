"""The agents' desk as pages: rendered here, enhanced by htmx, working without any script.

Invariants: every action is a plain form with the session's CSRF value, answered by a redirect; what went wrong is
said on the page it happened on; nothing inline, so the strict content policy holds; what people typed is escaped by
the templates. A file an area, each with its router.
"""

from tuika.web.desk.router import desk_pages_router

__all__ = ["desk_pages_router"]
