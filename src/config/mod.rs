//! `rekey.toml`: one struct per section; an error names file, key, and what would be right.
