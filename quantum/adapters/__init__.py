"""The outside, by technology: everything that knows an SDK, a wire or a child process stands here."""
