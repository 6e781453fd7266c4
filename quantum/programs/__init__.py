"""Programs: formats, providers, checks, gates, prices, and the compilers, which run in their own process."""
