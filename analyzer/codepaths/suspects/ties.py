"""What ties a function to a stack trace: the features that weights are written for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Tie(StrEnum):
    """One thing that holds of a function and speaks for or against its being the one to change."""

    FIRST = "first"
    """the innermost function of the repository in the trace"""
    SECOND = "second"
    """the next one outwards"""
    THIRD = "third"
    FURTHER = "further"
    """further out than the third"""
    LATER = "later"
    """only in an exception that came of the oldest one"""
    ALONE = "alone"
    """no other function of the repository is in the trace"""
    AGAIN = "again"
    """several times in the trace; the logarithm of how often"""
    RAISES = "raises"
    """the innermost frame stands at a `raise`"""
    LOCAL = "local"
    """the innermost line works on nothing but variables of its function"""
    GIVEN = "given"
    """the innermost line works on nothing but arguments as they came"""
    CHECKS = "checks"
    """the innermost line is a `raise` that depends on no variable of its function"""
    OUTSIDE = "outside"
    """the innermost one, and other people's code was running below it"""
    HANDS_ON = "hands_on"
    """its line does nothing but hand its own arguments on"""
    GENERIC = "generic"
    """called like what wraps or runs other functions: `wrapper`, `__call__`, `dispatch`"""
    ABOVE = "above"
    """all frames below it only hand on, or failed for what they were given"""
    CALLED = "called"
    """called by the line of a frame, and done; the share of it where several functions have the name"""
    READ = "read"
    """a property that the line of a frame reads"""
    MADE = "made"
    """gave a value that the line of a frame uses"""
    SETS = "sets"
    """sets an attribute of `self` that the line of a frame reads"""
    SETS_LACKING = "sets_lacking"
    """sets the very attribute that the message says is lacking"""
    MATE = "mate"
    """another method of the class, used by the methods in the trace"""
    CLASS = "class"
    """the body of the innermost method's class, where something can be missing"""
    CLASSES = "classes"
    """the body of the class of another method of the trace"""
    NAMED = "named"
    """a function that the message names: `f() got an unexpected keyword argument`"""
    LACKING = "lacking"
    """the class that the message says lacks an attribute"""
    NAMED_CLASS = "named_class"
    """another class that the message names"""
    MODULE = "module"
    """the top level of a file"""
    SAME_FILE = "same_file"
    """in the file of the innermost frame"""
    WIDE = "wide"
    """the logarithm of how many files mention its name: what everybody uses is seldom what is wrong"""
    LONG = "long"
    """the logarithm of its lines"""


@dataclass(slots=True)
class Candidate:
    """A function, or the body of a class, with all that ties it to the trace."""

    path: str
    function: str
    """qualified; of a class its name"""
    line: int
    end_line: int
    ties: dict[Tie, float] = field(default_factory=dict)
    said: dict[Tie, str] = field(default_factory=dict)
    """sentences that stand alone, for the ties that a reader can check"""
    in_trace: bool = False
    raises: bool = False

    def tie(self, tie: Tie, sentence: str = "", value: float = 1.0) -> None:
        """Adds a tie; of several of a kind the strongest counts."""
        if value > self.ties.get(tie, 0.0):
            self.ties[tie] = value
            if sentence:
                self.said[tie] = sentence

    def drop(self, tie: Tie) -> None:
        """Takes a tie away that a stronger one says too."""
        self.ties.pop(tie, None)
        self.said.pop(tie, None)
