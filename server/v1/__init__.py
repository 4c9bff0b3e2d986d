"""The first version of the paths: what Setu itself offers under ``/v1``."""
