"""What every path for programs shares: who asks, where a passage opens, a statement held against the papers, the talk so far."""
