"""Complaints about people: read by their readers alone."""
