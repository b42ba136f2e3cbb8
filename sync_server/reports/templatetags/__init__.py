"""Filters of the paper's template."""
