"""The page for whoever manages people, settings and the health of Setu."""
