"""The tests of `tests.kb.store.test_material_ids`, of a base on PostgreSQL."""

from tests.kb.store.test_material_ids import *  # noqa: F403
