"""The `qjobs` command."""
