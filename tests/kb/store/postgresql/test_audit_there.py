"""The tests of `tests.kb.store.test_audit`, of a base on PostgreSQL."""

from tests.kb.store.test_audit import *  # noqa: F403

# A backup is made by pg_dump.
del test_a_backup_has_groups_owners_opinions_material_people_and_the_log  # noqa: F821
