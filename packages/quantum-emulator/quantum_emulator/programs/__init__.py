"""What runs inside a child of the fork server: readers of programs, the simulators, writers of results."""
