"""What each door does with what comes in; `function_app.py` ties them to their triggers."""
