"""The core of the app: orders, jobs, results and answers, with their rules, services and doors."""
