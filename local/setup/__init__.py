"""Makes a fresh checkout ready to run; needs only Python 3.8 and its standard library."""
