"""What goes in and out: pydantic models, one module per resource."""
