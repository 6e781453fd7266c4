"""What programs that serve inside their own event loop share: a server, Azurite's account, private files, stopping."""

__version__ = "0.1.0"
