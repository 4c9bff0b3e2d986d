"""An answer as the reader sees it: values, names and terms in the reader's language, and the whole as plain text."""
