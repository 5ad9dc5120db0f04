"""What becomes of an event: alerts come in, casework decides, its orders are carried out in one transaction."""
