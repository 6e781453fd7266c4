"""Real programs through all three doors of a stack that is brought up for them."""
