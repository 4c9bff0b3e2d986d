"""Webhooks: other programs are told of new versions, rejected papers and obligations that fall due."""
