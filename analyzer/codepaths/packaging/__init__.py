"""What of a tree reaches the machine it runs on, as the tools decide it: ignore files, Dockerfiles, Python packages.

One file for each tool's format, all pure: texts in, rules out. `shipping` asks them about one file of a tree.
"""
