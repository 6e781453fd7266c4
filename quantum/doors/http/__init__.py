"""The HTTP API: the frame that all doors share, and a module for each group of doors."""
