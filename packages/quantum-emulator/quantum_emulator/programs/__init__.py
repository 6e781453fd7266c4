"""The code inside a child of the fork server: readers of programs, simulators, writers of results."""
