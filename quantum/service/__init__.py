"""Use cases on the app's services: taking orders, preparing programs, cancelling, counting, housekeeping."""
