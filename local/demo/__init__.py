"""Starts a stack and sends real programs through its three doors."""
