"""One file a schema, numbered from 0001."""
