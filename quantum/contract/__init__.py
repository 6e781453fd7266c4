"""The HTTP contract as data: what may come in, what goes out, and the routes; documents and checks are made from it."""
