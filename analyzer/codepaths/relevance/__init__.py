"""Whether a commit can have cured an error: its changed lines held against the places of the error.

Takes the trees before and after the commit and what both say of the error; gives `model.Relevance`. `cannot` is said
only where every change is shown to have no part in it; what is not shown is `unknown`.
"""

from analyzer.codepaths.relevance.changes import Changes, read_changes
from analyzer.codepaths.relevance.judging import judge
from analyzer.codepaths.relevance.places import Places, carried, carried_frames
from analyzer.codepaths.relevance.unpacking import same_calls

__all__ = ["Changes", "Places", "carried", "carried_frames", "judge", "read_changes", "same_calls"]
