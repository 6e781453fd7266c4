"""What can keep a stack from running."""


class StackError(Exception):
    """A stack that cannot be brought up or kept up."""


class StackRunsAlreadyError(StackError):
    """Another living stack has the state folder."""


class PartFailedError(StackError):
    """A part ended before it was ready; its last words are in the message."""

    def __init__(self, name: str, exit_code: int, tail: str) -> None:
        """Take the part's name, its exit code and the tail of its log."""
        super().__init__(f"{name} ended with exit code {exit_code} before it was ready:\n{tail}")
        self.name = name
        self.exit_code = exit_code
