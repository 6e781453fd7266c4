"""What the app does with its services: taking orders, preparing programs, cancelling, counting, housekeeping."""
