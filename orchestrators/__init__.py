"""The processes: deterministic generators that the durable engine replays."""
