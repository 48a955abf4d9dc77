# What the strength meter says: one reason and one fix.
