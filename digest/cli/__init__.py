"""See DESIGN: filled by its room."""
