"""Fitting what tells whether quotes bear out a sentence."""
