"""What kiosks show: the draft as it was imported, and the editions that were published from it."""
