"""Designs that fit a curve to all doses: CRM, BLRM with overdose control, EffTox."""
