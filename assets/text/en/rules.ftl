# The checklist on the new-password screen.
