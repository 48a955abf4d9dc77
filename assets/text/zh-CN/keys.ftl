# The keys in the bottom line.
