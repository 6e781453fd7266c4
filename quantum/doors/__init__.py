"""The doors: handlers of the triggers, to which `function_app.py` binds them."""
