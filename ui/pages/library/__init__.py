"""The library: every document with what is known of it, uploads, corrections, versions, and one document read and asked alone."""
