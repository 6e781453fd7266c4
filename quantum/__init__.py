"""The core: what an order, a job, a result and an answer are, and the rules that hold between them."""
