"""Questions out of the papers, each with the sentence that proves its key."""
