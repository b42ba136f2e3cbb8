"""Sub-commands of `sala-server`."""
