"""Setu as an MCP server: its search, answers, checks, cards and obligations as tools, its papers as resources, over stdio and HTTP."""
