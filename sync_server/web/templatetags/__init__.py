"""Template library ``sala``: the components of the staff web."""
