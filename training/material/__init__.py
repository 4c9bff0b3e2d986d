"""From a topic to the sentences of the papers that are about it."""
