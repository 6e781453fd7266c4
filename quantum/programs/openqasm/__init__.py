"""The front end for OpenQASM 2 and 3: text in, a circuit of plain gates out, on whose meaning nobody disagrees."""
