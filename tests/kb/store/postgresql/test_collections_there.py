"""The tests of `tests.kb.store.test_collections`, of a base on PostgreSQL."""

from tests.kb.store.test_collections import *  # noqa: F403

# There were no such homes on a server.
del test_a_home_of_layout_7_keeps_its_papers_in_the_default_collection_and_its_samples_apart  # noqa: F821
