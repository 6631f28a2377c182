"""Results of all modules -> the one-page brief as HTML, Markdown and JSON."""
