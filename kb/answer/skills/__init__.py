"""What can be done with a question beside looking it up: one module for each skill.

A skill is a function of a `Question` and the `Ports`. It gives the statements and blocks of the answer, or None where it cannot do what is
wanted: then the question is looked up. Nothing in a block says something of a paper without a citation.
"""
