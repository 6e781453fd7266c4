"""Translates the output of every provider into one form of result. Pure rules: no service is called."""
