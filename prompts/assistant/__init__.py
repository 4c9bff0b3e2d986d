"""What an assistant that reaches Setu by MCP is asked to write: a note for the file, a comparison of two papers."""
