"""What an agreement's text states: obligations, their actors and deadlines, fields; read by rules in four languages."""
