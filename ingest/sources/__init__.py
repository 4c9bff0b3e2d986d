"""Places where papers lie to keep in step with: folders, shares, buckets, mailboxes, sites. They are listed and read, never written."""
