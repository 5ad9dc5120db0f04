"""How one telephone conversation is conducted. Knows nothing of cases, officers' rosters or databases."""
