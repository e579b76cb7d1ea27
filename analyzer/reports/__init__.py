"""The report JSON to Markdown, HTML, terminal text. Takes the report as a dict; gives text; reads nothing else."""
