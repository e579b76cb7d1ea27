"""Where entries come from: adapters that give normalised, redacted entries. Takes file names; gives a `SourceResult`; does not interpret messages."""
