"""A question becomes an answer that quotes, or a refusal; `ask` runs the steps."""
