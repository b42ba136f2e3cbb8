"""The frame around all applications and the first page: it may look into each of them, and none looks into it.

`context.frame` gives every page its office, menu and freshness; `menu.MENU` is the table of the side menu.
"""
