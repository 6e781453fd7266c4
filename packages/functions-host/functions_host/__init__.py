"""An Azure Functions host for one machine, around Microsoft's own Python worker library."""

__version__ = "0.1.0"
