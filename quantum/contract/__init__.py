"""The HTTP contract as data: requests, responses and routes, from which documents and validation are derived."""
