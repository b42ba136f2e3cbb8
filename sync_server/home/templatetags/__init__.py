"""Template library ``names``: what ids of the published content are called."""
