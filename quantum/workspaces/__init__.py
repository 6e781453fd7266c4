"""Which workspace a name means, and what a workspace says of its jobs, targets and sessions. Rules alone."""
