"""People for whom an OpenID provider vouches: what it says of them, and the tokens by which programs of theirs ask."""
