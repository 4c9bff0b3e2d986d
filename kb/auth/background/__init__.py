"""What outlives a server that ends: the jobs that it had, and what it answered under which idempotency key."""
