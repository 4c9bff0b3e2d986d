"""Who may sign in and what they may do: roles, accounts, passwords, sessions."""
