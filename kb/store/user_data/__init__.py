"""What people keep and do: conversations, feedback, collections, obligations, materials, the audit log."""
