"""Run the service: the parts that every service of this kind shares."""
