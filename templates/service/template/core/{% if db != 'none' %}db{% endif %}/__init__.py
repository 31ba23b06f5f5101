"""Talk to the database: lifecycle, models, paging, engines."""
