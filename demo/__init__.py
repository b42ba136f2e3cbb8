"""A whole sample office on one machine: what `./sala demo` runs."""
