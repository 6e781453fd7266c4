"""Orders and jobs: their fields, phases, errors and lists. Rules alone: no service is called."""
