"""The office: its settings, divisions, staff and audit log."""
