"""CAR-T cells in a person whose T and NK cells may reject them: the model that edits act on.

`terms` says what each word of a protocol switches, `parameters` where every number comes from,
`equation` writes the equations as a paper would, and `kernel` solves them fast.
One law: a term is on because a word of the protocol turned it on, never because of a trial's name.
"""
