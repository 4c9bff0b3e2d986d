"""A language model that says what somebody wrote beforehand."""
