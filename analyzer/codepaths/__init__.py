"""The index of a repository; clusters to file, line, function at a commit. Takes texts and frames; gives code paths; never writes to the repository."""
