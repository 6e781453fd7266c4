"""The pieces that several benchmarks share: figures, processes, checkouts, stacks, orders, counters."""
