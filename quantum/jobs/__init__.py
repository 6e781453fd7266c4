"""Orders and jobs: their fields, phases, errors and lists. Pure rules: no service is called."""
