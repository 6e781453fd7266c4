"""The activities: one function a file, each safe to repeat."""
