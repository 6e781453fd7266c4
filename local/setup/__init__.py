"""Makes a fresh checkout ready to run, with nothing but a Python 3.8 and its standard library."""
