"""Drawings of a report: a report dict → shapes with places, which the templates write as SVG.

Takes the cleaned report; gives positions. Reads no clock, writes no markup.
"""
