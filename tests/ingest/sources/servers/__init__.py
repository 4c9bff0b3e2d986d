"""Real servers for the tests of sources, each in a process of its own on a free port of loopback."""
