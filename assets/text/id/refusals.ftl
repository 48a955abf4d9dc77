# Why something did not go on: what happened, why, what to do now.
