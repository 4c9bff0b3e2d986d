"""Agreement cards: what an agreement says of itself and who shall do what by when, each line with the clause it stands in.

`cards.make_card` reads one and puts a person's corrections over it; `training.agreement` writes it to calendar and table.
"""
