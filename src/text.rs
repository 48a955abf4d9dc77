//! Message key -> words in the person's language; no prose anywhere else.
