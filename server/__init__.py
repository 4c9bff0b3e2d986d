"""The windows for programs: the HTTP API, the OpenAI-compatible paths and the MCP server."""
