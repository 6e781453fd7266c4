"""Programs: formats, providers, checks, gates, prices, and the compilers, which run in a process of their own."""
