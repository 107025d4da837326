"""A protocol in prose, and the report of a trial: tables, figures, pages."""
