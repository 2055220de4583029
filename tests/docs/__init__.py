"""The documents against the code: tables, examples, links, figures."""
