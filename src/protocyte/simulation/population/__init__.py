"""Virtual patients in number: drawn, given the product, followed, and summed up.

One law: a patient keeps parameters and luck when a knob of the protocol is turned, so that what
differs between two runs is what the knob did.
"""
