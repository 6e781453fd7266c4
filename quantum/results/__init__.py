"""From what a workspace returns to one form of result. Rules alone."""
