"""The orchestrators: deterministic generators that the durable engine replays."""
