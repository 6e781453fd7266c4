"""The rules of batches, without I/O: what a request means, what has become of its members, how they compare."""
