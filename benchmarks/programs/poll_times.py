"""The times of each job's polls, shared by the polling app and the process that serves it."""

from collections import defaultdict

POLLS = 500
looked: defaultdict[str, list[float]] = defaultdict(list)
