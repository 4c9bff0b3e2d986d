"""Words as keys: stems, parts, sounds of names, and which words carry a meaning."""
