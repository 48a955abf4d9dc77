# Titles, steps and sentences of the screens.
