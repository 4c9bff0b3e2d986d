"""The page for whoever manages people, settings, the audit log and the health of Setu."""
