"""Who may look at a page or ask for a file: authentication, sign-in pages, request middleware, rate limits."""
