"""The kiosks' addresses: enrol, position, push, content."""
