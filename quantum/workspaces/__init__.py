"""Workspace profiles, and the remote jobs, targets and sessions of a workspace. Pure rules: no service is called."""
