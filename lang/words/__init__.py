"""Words as keys: stems, search tokens, sounds of names, Japanese morphemes."""
