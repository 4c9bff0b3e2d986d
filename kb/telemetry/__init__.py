"""What whoever runs a node sees of it: figures, traces, and whether it can answer. Nothing of it holds a text or a name."""
